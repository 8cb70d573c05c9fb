import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Locator, Page } from 'playwright-core'
import { build, type PreviewServer, preview } from 'vite'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Stage, startStage } from '../support/stage.ts'
import { violations } from './accessibility.ts'
import { closePages, launchBrowser, newPage } from './browser.ts'
import { scanQr } from './qr.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

let browser: Browser
let stage: Stage
const near = newSite()
const far = newSite()

beforeAll(async () => {
  await far.serve()
  stage = await startStage({ config: { allowedOrigins: [far.origin()] } })
  await near.serve({ GATEWAY_URL: stage.gateway.url })
  await near.build()
  await far.build({ VITE_GATEWAY: `${stage.gateway.url}/graphql` })
  browser = await launchBrowser()
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser.close()
  await Promise.all([near.close(), far.close()])
  await stage[Symbol.asyncDispose]()
})

/** The example, built into a temporary folder and served from there. */
function newSite() {
  const folder = mkdtempSync(join(tmpdir(), 'example-'))
  const config = {
    configFile: fileURLToPath(new URL('../../client/example/vite.config.ts', import.meta.url)),
    logLevel: 'silent',
    build: { outDir: folder },
    preview: { port: 0 },
  } as const
  let server: PreviewServer | undefined
  return {
    serve: async (env: Record<string, string> = {}) => {
      server = await withEnv(env, () => preview(config))
    },
    build: (env: Record<string, string> = {}) => withEnv(env, () => build(config)),
    origin() {
      const url = server?.resolvedUrls?.local[0]
      if (url === undefined) throw new Error('The example is not served.')
      return new URL(url).origin
    },
    async close() {
      await server?.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Runs it while these environment variables are set, which Vite reads. */
async function withEnv<T>(env: Record<string, string>, run: () => Promise<T>): Promise<T> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  try {
    return await run()
  } finally {
    vi.unstubAllEnvs()
  }
}

/** A customer in the shop. The page's errors are added to `faults`. */
async function customer(site = near) {
  const { page, faults } = await newPage(browser)
  await page.goto(site.origin())
  return { page, faults }
}

const part = (page: Page, name: string) => page.getByRole('region', { name })

/** The customer's phone reads the code in this part of the page, and approves. */
async function approve(within: Locator) {
  stage.sandbox.approve(await scanQr(within.getByRole('img', { name: /Portmone/ })))
}

test.each([
  ["the page's own", near],
  ['another', far],
])('a gateway of %s origin: verified by the component, and by your own design', async (_, site) => {
  const { page, faults } = await customer(site)
  const component = part(page, 'The component')
  const ownDesign = part(page, 'Your own design')
  await component.getByRole('button', { name: 'Verify' }).click()
  await ownDesign.getByRole('button', { name: 'Open an account' }).click()
  await ownDesign.getByText('The law requires us to know').waitFor()
  await component.getByRole('img', { name: /Portmone/ }).waitFor()
  expect(await violations(page)).toEqual([])

  await approve(component)
  await component.getByText('Your order goes on.').waitFor()
  await ownDesign.getByText('Scan this').waitFor()
  await approve(ownDesign)
  await ownDesign.getByText('Welcome! Your account is open.').waitFor()
  expect(await violations(page)).toEqual([])
  expect(faults).toEqual([])
})

test('after a decline the shop is notified, and the custom drawing starts again', async () => {
  const { page } = await customer()
  const ownDesign = part(page, 'Your own design')
  await ownDesign.getByRole('button', { name: 'Open an account' }).click()
  const code = await scanQr(ownDesign.getByRole('img'))
  stage.sandbox.decline(code)
  await ownDesign.getByText('You declined.').waitFor()
  await ownDesign.getByRole('button', { name: 'Try again' }).click()
  await ownDesign.getByText('Scan this').waitFor()
  expect(await scanQr(ownDesign.getByRole('img'))).not.toBe(code)
})
