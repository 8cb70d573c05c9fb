import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import { type Executable, packagedChromium } from './packaged-chromium.ts'

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const applications = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** No network requests of its own, and no sandbox, which does not work for root. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Starts a headless browser with a new profile: the one that CHROME_PATH names, otherwise the system's, otherwise the
 * packaged one. The caller closes it.
 */
export const launchBrowser = async () => launch(await findBrowser(), flags)

/** Text is rendered by the browser's own rules, not by the system's. */
const steady = ['--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb']

/** Starts the packaged browser, even if there are others: it renders the same on every machine. */
export const launchSteadyBrowser = async () => launch(await packagedChromium(), [...flags, ...steady])

const launch = ({ path, env }: Executable, args: string[]) =>
  chromium.launch({ executablePath: path, args, env: { ...process.env, ...env } })

/**
 * A new page in a new context. Its uncaught errors and the errors that it prints are added to `faults`.
 */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en',
    ...options,
  })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return { context, page, faults }
}

export const closePages = (browser: Browser) =>
  Promise.all(browser.contexts().map((context) => context.close()))

async function findBrowser(): Promise<Executable> {
  const named = process.env.CHROME_PATH
  if (named) {
    if (!isExecutable(named)) throw new Error(`CHROME_PATH is ${named}: nothing that can be run.`)
    return { path: named, env: {} }
  }
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    ...commands.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...applications,
  ]
  const path = candidates.find(isExecutable)
  return path === undefined ? packagedChromium() : { path, env: {} }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
