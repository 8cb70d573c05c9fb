import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { closePages, launchBrowser, newPage } from '../e2e/browser.ts'
import { readQr } from '../e2e/qr.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { createProject, serve } from './project.ts'

/** What a team writes into its new project. */
const app = `
import { createGateway, GatewayProvider, Verification } from '@portmone-gateway/verification'
import '@portmone-gateway/verification/style.css'
import { useState } from 'react'

const gateway = createGateway(import.meta.env.VITE_GATEWAY)

export default function App() {
  const [verified, setVerified] = useState('')
  return (
    <GatewayProvider gateway={gateway}>
      <Verification policy="age-over-18" partner="Fresh shop" onVerified={({ id }) => setVerified(id)} />
      <p id="verified">{verified}</p>
    </GatewayProvider>
  )
}
`
const serverEntry = `
import { renderToString } from 'react-dom/server'
import App from './App.tsx'
export const html = renderToString(<App />)
`
const hydratingEntry = `
import { StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import './index.css'
import App from './App.tsx'

hydrateRoot(document.getElementById('root')!, <StrictMode><App /></StrictMode>)
`

type Project = Awaited<ReturnType<typeof createProject>>
let project: Project
let site: Awaited<ReturnType<typeof serve>>
let stage: Stage
let browser: Browser

beforeAll(async () => {
  project = await createProject('vite', inject('tarballs'))
  project.write('src/App.tsx', app)
  site = await serve(() => `${project.folder}/dist`)
  stage = await startStage({ config: { allowedOrigins: [site.origin] } })
  browser = await launchBrowser()
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser?.close()
  await site?.close()
  await stage?.[Symbol.asyncDispose]()
  project?.remove()
})

const gateway = () => ({ VITE_GATEWAY: `${stage.gateway.url}/graphql` })

/** A customer in the project's page, with what the page prints as an error or a warning. */
async function open() {
  const visit = await newPage(browser)
  const warnings: string[] = []
  visit.page.on('console', (message) => {
    if (message.type() === 'warning') warnings.push(message.text())
  })
  await visit.page.goto(site.origin)
  return { ...visit, warnings }
}

async function verifyCustomer(page: Page) {
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByRole('img', { name: /Portmone/ }).waitFor()
  stage.sandbox.approve(readQr(await page.getByRole('img', { name: /Portmone/ }).screenshot()), 'adult')
  await page.getByRole('heading', { name: 'Verified', exact: true }).waitFor()
  await page.locator('#verified').getByText(/./).waitFor()
}

describe('with the React of the template', () => {
  beforeAll(() => project.run('npm', ['run', 'build'], gateway()))

  test('a customer is verified', async () => {
    const { page, faults } = await open()
    await verifyCustomer(page)
    expect(faults).toEqual([])
  })

  test("the template's styles do not deform the verification", async () => {
    const { page } = await open()
    await page.getByRole('button', { name: 'Verify' }).waitFor()
    const looks = await page.evaluate(() => {
      const style = (selector: string) => getComputedStyle(document.querySelector(selector)!)
      return {
        centred: style('#root').textAlign,
        text: style('section dd').textAlign,
        spacing: style('section h2').letterSpacing,
        button: style('section button').textAlign,
        margin: style('section h2').margin,
      }
    })
    expect(looks).toEqual({
      centred: 'center',
      text: 'start',
      spacing: 'normal',
      button: 'center',
      margin: '0px',
    })
  })
})

test('types of the package are complete, without skipLibCheck', async () => {
  project.write(
    'tsconfig.strict.json',
    JSON.stringify({
      extends: './tsconfig.app.json',
      compilerOptions: { skipLibCheck: false, noEmit: true, tsBuildInfoFile: null, types: ['vite/client'] },
      files: ['src/App.tsx'],
      include: [],
    }),
  )
  const { stdout } = await project
    .run('npx', ['tsc', '-p', 'tsconfig.strict.json'])
    .catch((error: Error) => ({ stdout: error.message }))
  expect(stdout.split('\n').filter((line) => line.includes('@portmone'))).toEqual([])
})

/** Builds the project with a page that was rendered in Node, without a DOM. */
async function buildRendered() {
  project.write('src/entry-server.tsx', serverEntry)
  project.write('src/main.tsx', hydratingEntry)
  await project.run('npm', ['run', 'build'], gateway())
  const build = ['vite', 'build', '--ssr', 'src/entry-server.tsx', '--outDir', 'dist-server']
  await project.run('npx', build, gateway())
  const print = "import('./dist-server/entry-server.js').then(({ html }) => console.log(html))"
  const { stdout } = await project.run(process.execPath, ['-e', print])
  const page = project.read('dist/index.html')
  const rendered = page.replace('<div id="root"></div>', () => `<div id="root">${stdout.trim()}</div>`)
  expect(rendered).toContain('Before you start')
  project.write('dist/index.html', rendered)
}

describe.each([
  ['19', []],
  ['18.2', ['react@18.2', 'react-dom@18.2', '@types/react@18', '@types/react-dom@18']],
])('rendered on a server with React %s', (version, packages) => {
  beforeAll(async () => {
    if (packages.length > 0) await project.install(...packages)
    await buildRendered()
  })

  test('it hydrates without a warning, and a customer is verified', async () => {
    const installed = JSON.parse(project.read('node_modules/react/package.json'))
    expect(installed.version).toMatch(new RegExp(`^${version}`))
    const { page, faults, warnings } = await open()
    await verifyCustomer(page)
    expect([...faults, ...warnings]).toEqual([])
  })
})
