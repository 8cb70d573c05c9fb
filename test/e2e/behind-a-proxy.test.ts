import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { clientDir } from '../../server/paths.ts'
import { pathOf } from '../support/program.ts'
import { startReverseProxy } from '../support/reverse-proxy.ts'
import { startStage } from '../support/stage.ts'
import { closePages, launchBrowser, newPage } from './browser.ts'
import { scanQr } from './qr.ts'

vi.setConfig({ testTimeout: 90_000 })

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterEach(() => closePages(browser))
afterAll(() => browser.close())

const title = (page: Page, text: string) => page.getByRole('heading', { name: text }).waitFor()

describe.each([
  ['strips the path', true],
  ['passes the path on', false],
])('served under a path, by a proxy that %s', (_, strips) => {
  async function start() {
    const proxy = await startReverseProxy({ path: '/verify', strips })
    const publicUrl = `${proxy.url}/verify`
    const brand = { name: 'Demo Shop', accent: null, logoFile: pathOf('client/public/favicon.svg') }
    const stage = await startStage({ config: { publicUrl, brand } })
    proxy.targets.push(stage.gateway.url)
    return { proxy, stage, publicUrl }
  }

  test('a customer is verified, and nothing outside the path is requested', async () => {
    const { proxy, stage, publicUrl } = await start()
    await using _stage = stage
    await using _proxy = proxy
    const { page, faults } = await newPage(browser)
    const outside: string[] = []
    page.on('request', (request) => {
      const url = request.url()
      if (url.startsWith(proxy.url) && !url.startsWith(`${publicUrl}/`)) outside.push(url)
    })
    await page.goto(`${publicUrl}/`)
    await title(page, 'Demo Shop')
    const logo = page.getByRole('banner').locator('img')
    expect(await logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0)

    await page.locator('input[value="age-over-18"]').check()
    await page.getByRole('button', { name: 'Verify' }).click()
    await title(page, 'Approve in the Portmone app')
    await page.getByRole('img', { name: /Portmone/ }).waitFor()
    expect(page.url()).toBe(`${publicUrl}/?policy=age-over-18`)
    await page.reload()
    await title(page, 'Approve in the Portmone app')
    await expect.poll(() => stage.gateway.subscribers).toBe(1)
    stage.sandbox.approve(await scanQr(page), 'adult')
    await page.waitForURL(`${publicUrl}/secure?lang=en`)
    await title(page, 'You’re verified')
    await page.reload()
    await title(page, 'You’re verified')
    expect([faults, outside]).toEqual([[], []])

    await page.context().clearCookies()
    await page.reload()
    await page.getByRole('link', { name: 'Start verification' }).click()
    await page.waitForURL(`${publicUrl}/?lang=en`)
    await title(page, 'Demo Shop')
    expect(outside).toEqual([])
  })

  test('the partner signs in, with or without a slash at the end of the URL', async () => {
    const { proxy, stage, publicUrl } = await start()
    await using _stage = stage
    await using _proxy = proxy
    const key = await stage.partnerKey()
    for (const address of ['partner', 'partner/?lang=en']) {
      const { page, faults } = await newPage(browser)
      await page.goto(`${publicUrl}/${address}`)
      await page.getByLabel(/key/i).fill(key)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: /sign out/i }).waitFor()
      expect(faults).toEqual([])
    }
  })
})

test('no visit is blank while gateways of two builds serve at random', async () => {
  const otherBuild = mkdtempSync(join(tmpdir(), 'client-'))
  cpSync(clientDir, otherBuild, { recursive: true })
  rmSync(join(otherBuild, 'assets'), { recursive: true })
  for (const file of ['index.html', 'partner/index.html']) {
    const html = readFileSync(join(clientDir, file), 'utf8')
    // A different script, as from another build.
    writeFileSync(join(otherBuild, file), html.replace('</script>', ';0</script>'))
    for (const suffix of ['.br', '.gz']) rmSync(join(otherBuild, file + suffix))
  }
  const thisBuild = mkdtempSync(join(tmpdir(), 'client-'))
  cpSync(clientDir, thisBuild, { recursive: true })
  rmSync(join(thisBuild, 'assets'), { recursive: true })

  let count = 0
  // Never the same one twice in a row: what a page requests comes from the other build.
  await using proxy = await startReverseProxy({ pick: (targets) => targets[count++ % targets.length] })
  await using older = await startStage({ clientDir: thisBuild, config: { publicUrl: proxy.url } })
  await using newer = await startStage({ clientDir: otherBuild, config: { publicUrl: proxy.url } })
  proxy.targets.push(older.gateway.url, newer.gateway.url)
  const pages = new Set<string>()
  for (let visit = 0; visit < 10; visit++) {
    const { page, faults } = await newPage(browser)
    const response = await page.goto(`${proxy.url}/${visit % 2 === 0 ? '' : 'partner/'}`)
    pages.add(String(response?.headers().etag))
    await page.getByRole('main').getByRole('button').first().waitFor()
    expect(faults).toEqual([])
  }
  expect(pages.size).toBe(4)
  for (const folder of [thisBuild, otherBuild]) rmSync(folder, { recursive: true })
})
