// @vitest-environment happy-dom
import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { applyAccent, loadBrand } from './brand.ts'

afterEach(() => vi.unstubAllGlobals())

const serve = (answer: () => Response | Promise<Response>) => vi.stubGlobal('fetch', async () => answer())

test('without a brand the page shows its host name, and leads back to no site', async () => {
  const builtIn = readFileSync('client/public/brand.json', 'utf8')
  serve(() => new Response(builtIn))
  expect(await loadBrand('brand.json')).toEqual({ name: location.hostname, returnOrigins: [] })
})

test("applies the gateway's brand", async () => {
  const served = {
    name: 'Example Bank',
    accent: 'teal',
    logo: '/logo.svg',
    returnOrigins: ['https://shop.example'],
  }
  serve(() => Response.json(served))
  vi.stubGlobal('CSS', { supports: () => true })
  const brand = await loadBrand('brand.json')
  expect(brand).toEqual(served)
  applyAccent(brand)
  expect(document.documentElement.style.getPropertyValue('--verification-accent')).toBe('teal')
})

test('ignores an accent that is not a CSS colour', () => {
  document.documentElement.style.removeProperty('--verification-accent')
  vi.stubGlobal('CSS', { supports: () => false })
  applyAccent({ name: 'Example Bank', accent: 'url(//x)' })
  expect(document.documentElement.style.getPropertyValue('--verification-accent')).toBe('')
})

test.each<[string, () => Response | Promise<Response>]>([
  ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['an HTML page instead', () => new Response('<!doctype html>')],
])('with %s, shows the host name and warns', async (_, answer) => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  serve(answer)
  expect(await loadBrand('brand.json')).toEqual({ name: location.hostname })
  expect(warn).toHaveBeenCalledOnce()
})

test('stops waiting for a gateway that does not answer', async () => {
  vi.useFakeTimers()
  vi.spyOn(console, 'warn').mockReturnValue()
  vi.stubGlobal(
    'fetch',
    (_: string, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  )
  const loading = loadBrand('brand.json')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await loading).toEqual({ name: location.hostname })
  vi.useRealTimers()
})
