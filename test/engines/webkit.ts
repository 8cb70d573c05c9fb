import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../deploy/gateways.ts'
import type { Tab } from './browser.ts'
import { startProgram } from './process.ts'

/** Starts WebKitGTK's small browser in a virtual screen. Its driver speaks classic WebDriver. */
export async function startWebKit(): Promise<Tab> {
  const screen = await startScreen()
  const port = await freePort()
  const driver = await startProgram(
    'sh',
    ['-c', `echo starting; exec WebKitWebDriver --port=${port}`],
    /^starting$/,
    {
      DISPLAY: screen.display,
      GDK_BACKEND: 'x11',
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      NO_AT_BRIDGE: '1',
    },
  )
  const url = `http://127.0.0.1:${port}/session`
  await listening(`http://127.0.0.1:${port}/status`)
  const { sessionId } = await send('POST', url, { capabilities: {} })
  const command = (name: string, body: object = {}) => send('POST', `${url}/${sessionId}/${name}`, body)
  await command('window/rect', { x: 0, y: 0, width: 1280, height: 960 })
  return {
    goto: (address) => command('url', { url: address }),
    traverse: (delta) => command(delta < 0 ? 'back' : 'forward'),
    reload: () => command('refresh'),
    evaluate: (expression) => command('execute/sync', { script: `return ${expression}`, args: [] }),
    perform: (actions) => command('actions', { actions }),
    async screenshot() {
      return Buffer.from(await send('GET', `${url}/${sessionId}/screenshot`), 'base64')
    },
    async [Symbol.asyncDispose]() {
      await send('DELETE', `${url}/${sessionId}`)
      await driver.stop()
      await screen.stop()
    },
  }
}

/** Starts a virtual screen. Xvfb takes the next free display and prints its number. */
async function startScreen() {
  const { match, stop } = await startProgram(
    'sh',
    ['-c', 'exec Xvfb -displayfd 1 -screen 0 1400x1000x24 -nolisten tcp'],
    /^(\d+)$/,
  )
  return { display: `:${match[1]}`, stop }
}

// biome-ignore lint/suspicious/noExplicitAny: results are as various as commands
async function send(method: 'GET' | 'POST' | 'DELETE', url: string, body?: object): Promise<any> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: { error: string; message: string } }
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`)
  return value
}

async function listening(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await send('GET', url)
      return
    } catch (error) {
      if (attempt === 100) throw error
      await delay(100)
    }
  }
}
