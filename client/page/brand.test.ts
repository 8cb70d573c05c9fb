// @vitest-environment happy-dom
import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { applyBrand, loadBrand } from './brand.ts'

afterEach(() => vi.unstubAllGlobals())

const serve = (answer: () => Response | Promise<Response>) => vi.stubGlobal('fetch', async () => answer())

test('without a brand of its own the page shows its host name', async () => {
  const builtIn = readFileSync('client/public/brand.json', 'utf8')
  serve(() => new Response(builtIn))
  expect(await loadBrand('brand.json')).toEqual({ name: location.hostname })
})

test('the one of the gateway is taken and applied', async () => {
  serve(() => Response.json({ name: 'Example Bank', accent: 'teal', logo: '/logo.svg' }))
  vi.stubGlobal('CSS', { supports: () => true })
  const brand = await loadBrand('brand.json')
  expect(brand).toEqual({ name: 'Example Bank', accent: 'teal', logo: '/logo.svg' })
  applyBrand(brand)
  expect(document.title).toBe('Example Bank')
  expect(document.documentElement.style.getPropertyValue('--verification-accent')).toBe('teal')
})

test('an accent that is no colour is not applied', () => {
  document.documentElement.style.removeProperty('--verification-accent')
  vi.stubGlobal('CSS', { supports: () => false })
  applyBrand({ name: 'Example Bank', accent: 'url(//x)' })
  expect(document.documentElement.style.getPropertyValue('--verification-accent')).toBe('')
})

test.each<[string, () => Response | Promise<Response>]>([
  ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['a page in its place', () => new Response('<!doctype html>')],
  ['an empty name', () => Response.json({ name: '' })],
  [
    'a logo of another origin',
    () => Response.json({ name: 'x', logo: 'https://elsewhere.example/logo.svg' }),
  ],
])('with %s the page stays neutral, and says so', async (_, answer) => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  serve(answer)
  expect(await loadBrand('brand.json')).toEqual({ name: location.hostname })
  expect(warn).toHaveBeenCalledOnce()
})
