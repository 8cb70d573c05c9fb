// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { created, pending, shareRequest } from '../test/samples.ts'
import { heading, VerificationPage } from '../test/verification-page.tsx'
import { en } from './texts/en.ts'

let page: VerificationPage
beforeEach(() => {
  page = new VerificationPage()
})
afterEach(() => page.close())

test('once the SDK reports an approval, there is nothing left to scan, open or cancel', async () => {
  const code = 'http://127.0.0.1:4100/c/1'
  page.fake.answers.CreateShareRequest = () => created({ ...pending, code })
  page.fake.answers.CheckShareRequest = () => ({ checkShareRequest: shareRequest({ ...pending, code }) })
  const gateway = globalThis.fetch
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) =>
    String(url).startsWith('http://127.0.0.1')
      ? Response.json({ id: 'portmone-1', status: 'APPROVED' })
      : gateway(url, init),
  )
  page.show()
  await heading(en.confirmingTitle)
  expect(document.activeElement?.textContent).toBe(en.confirmingTitle)
  for (const role of ['timer', 'img', 'link', 'button']) expect(screen.queryByRole(role)).toBeNull()
  await waitFor(() => expect(page.fake.count('CheckShareRequest')).toBe(1))
  vi.unstubAllGlobals()
})

test('a code that is a link can be opened on this device', async () => {
  const code = 'http://127.0.0.1:4100/c/1'
  page.fake.answers.CreateShareRequest = () => created({ ...pending, code })
  const fetchAll = globalThis.fetch
  vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
    String(url).startsWith('http://127.0.0.1') ? new Promise(() => {}) : fetchAll(url, init),
  )
  page.show()
  const link = await screen.findByRole('link', { name: 'Open on this device' })
  expect([link.getAttribute('href'), link.getAttribute('target'), link.getAttribute('rel')]).toEqual([
    code,
    '_blank',
    'noopener noreferrer',
  ])
  vi.unstubAllGlobals()
})

test('the QR code says from which website it may be scanned', async () => {
  page.show()
  await heading(en.pendingTitle)
  expect(screen.getByText(`Scan this only if you opened ${location.host} yourself.`)).toBeDefined()
})

test('a phone shows the QR code only on request', async () => {
  page.fake.answers.CreateShareRequest = () => created({ ...pending, code: 'https://portmone.test/c/1' })
  page.show()
  const request = await screen.findByRole('button', { name: en.showCode })
  const code = document.getElementById(request.getAttribute('aria-controls') ?? '')
  expect([request.getAttribute('aria-expanded'), code?.dataset.requested]).toEqual(['false', undefined])
  fireEvent.click(request)
  expect([request.getAttribute('aria-expanded'), code?.dataset.requested]).toEqual(['true', 'true'])
  expect(request.textContent).toBe(en.hideCode)
})

test.each(['javascript:alert(1)', 'portmone:code', 'data:text/html,x'])(
  '%s is not offered as a link',
  async (code) => {
    page.fake.answers.CreateShareRequest = () => created({ ...pending, code })
    page.show()
    await heading(en.pendingTitle)
    expect(screen.queryByRole('link')).toBeNull()
  },
)

test('a policy for the same device shows the link alone, and nothing to scan', async () => {
  const code = 'https://portmone.test/c/1'
  const { createShareRequest } = created({ ...pending, code })
  const { shareRequest: request } = createShareRequest
  page.fake.answers.CreateShareRequest = () => ({
    createShareRequest: {
      ...createShareRequest,
      shareRequest: { ...request, policy: { ...request.policy, devices: 'SAME' } },
    },
  })
  page.show()
  await heading(en.pendingTitle)
  expect(screen.getByRole('link', { name: en.openHere }).getAttribute('href')).toBe(code)
  expect(screen.getByText(en.sameDevice)).toBeDefined()
  expect(screen.queryByRole('img')).toBeNull()
  expect(screen.queryByRole('button', { name: en.showCode })).toBeNull()
  expect(screen.queryByText(en.stepScan)).toBeNull()
})
