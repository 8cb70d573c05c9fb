import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { snippets } from '../docs/frontend-snippets.ts'
import { closePages, launchBrowser, newPage } from '../e2e/browser.ts'
import { scanQr } from '../e2e/qr.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { createProject } from './project.ts'

/** What docs/frontend.md tells a team to write into its Next project. */
const file = 'app/verify/page.tsx'
const documented = snippets.find((snippet) => snippet.file === file)?.text ?? ''

/** Where the documented page goes on, and the same page behind `rewrites`. */
const checkout = 'export default () => <h1>Checkout</h1>'
const rewritten = documented.replace("process.env.NEXT_PUBLIC_GATEWAY ?? '/graphql'", "'/graphql'")
const withRewrites = (config: string, gateway: string) =>
  config.replace(
    ': NextConfig = {',
    `: NextConfig = { rewrites: async () => [{ source: '/graphql', destination: '${gateway}' }],`,
  )

type Project = Awaited<ReturnType<typeof createProject>>
let project: Project
let site: { process: ChildProcess; port: string }
let stage: Stage
let browser: Browser

beforeAll(async () => {
  stage = await startStage()
  const gateway = `${stage.gateway.url}/graphql`
  project = await createProject('next', inject('tarballs'))
  project.write(file, documented)
  project.write('app/checkout/page.tsx', checkout)
  project.write('app/rewritten/page.tsx', rewritten)
  project.write('next.config.ts', withRewrites(project.read('next.config.ts'), gateway))
  expect(project.read('next.config.ts')).toContain('rewrites')
  await project.run('npm', ['run', 'build'], { NEXT_PUBLIC_GATEWAY: gateway })
  site = await startSite()
  stage.config.allowedOrigins = [`http://127.0.0.1:${site.port}`]
  await stage.restartGateway()
  browser = await launchBrowser()
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser?.close()
  if (site?.process.kill()) await once(site.process, 'exit')
  project?.remove()
  await stage?.[Symbol.asyncDispose]()
})

/** Starts what was built, on a free port. */
async function startSite() {
  const next = join(project.folder, 'node_modules/next/dist/bin/next')
  const child = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', '0'], {
    cwd: project.folder,
    env: project.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) {
    const port = /Local:.*:(\d+)/.exec(line)?.[1]
    if (port === undefined) continue
    child.stdout.resume()
    return { process: child, port }
  }
  throw new Error('next start ended before it listened.')
}

/** A customer in a page of the site. `faults` has warnings, too. */
async function open(host: string, path: string) {
  const { page, faults } = await newPage(browser)
  page.on('console', (message) => {
    if (message.type() === 'warning') faults.push(message.text())
  })
  await page.goto(`http://${host}:${site.port}${path}`)
  return { page, faults }
}

async function verifyCustomer(page: Page) {
  await page.getByRole('button', { name: 'Verify' }).click()
  stage.sandbox.approve(await scanQr(page.getByRole('img', { name: /Portmone/ })), 'adult')
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
  expect(new URL(page.url()).searchParams.get('shareRequest')).toMatch(/./)
}

test('the documented page is rendered by Next, hydrates without a warning, and verifies a customer', async () => {
  const html = await (await fetch(`http://127.0.0.1:${site.port}/verify`)).text()
  expect(html).toContain('Before you start')
  const { page, faults } = await open('127.0.0.1', '/verify')
  await verifyCustomer(page)
  expect(faults).toEqual([])
})

test('behind rewrites, an origin that is not allowed gets no WebSocket, and the customer is verified over HTTP', async () => {
  const { page, faults } = await open('localhost', '/rewritten')
  await verifyCustomer(page)
  expect(faults.join('\n')).toContain('WebSocket connection')
})
