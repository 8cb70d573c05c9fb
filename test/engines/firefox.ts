import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { Tab } from './browser.ts'
import { startProgram } from './process.ts'

/** The commands of a WebDriver BiDi connection. */
class BidiConnection {
  readonly #socket: WebSocket
  readonly #pending = new Map<number, PromiseWithResolvers<Record<string, unknown>>>()
  #lastId = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      const { id, type, result, error, message } = JSON.parse(String(data))
      const command = this.#pending.get(id)
      this.#pending.delete(id)
      if (type === 'success') command?.resolve(result)
      else command?.reject(new Error(`${error}: ${message}`))
    })
    socket.on('close', () => {
      for (const { reject } of this.#pending.values()) reject(new Error('The browser closed the connection.'))
    })
  }

  // biome-ignore lint/suspicious/noExplicitAny: results are as various as commands
  send(method: string, params: object): Promise<any> {
    const id = ++this.#lastId
    const command = Promise.withResolvers<Record<string, unknown>>()
    this.#pending.set(id, command)
    this.#socket.send(JSON.stringify({ id, method, params }))
    return command.promise
  }
}

/** Starts Debian's Firefox, headless and with a new profile. Firefox speaks WebDriver BiDi itself. */
export async function startFirefox(): Promise<Tab> {
  const profile = await mkdtemp(join(tmpdir(), 'firefox-'))
  const removeProfile = () => rm(profile, { recursive: true, force: true, maxRetries: 5 })
  const firefox = await startProgram(
    'firefox-esr',
    ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0'],
    /WebDriver BiDi listening on (ws:\/\/\S+)/,
    { HOME: profile },
  )
  const socket = new WebSocket(`${firefox.match[1]}/session`)
  await once(socket, 'open')
  const bidi = new BidiConnection(socket)
  await bidi.send('session.new', { capabilities: {} })
  const { contexts } = await bidi.send('browsingContext.getTree', {})
  const context: string = contexts[0].context
  await bidi.send('browsingContext.setViewport', { context, viewport: { width: 1280, height: 900 } })
  return {
    goto: (url) => bidi.send('browsingContext.navigate', { context, url, wait: 'complete' }),
    traverse: (delta) => bidi.send('browsingContext.traverseHistory', { context, delta }),
    reload: () => bidi.send('browsingContext.reload', { context, wait: 'complete' }),
    async evaluate(expression) {
      const { type, result, exceptionDetails } = await bidi.send('script.evaluate', {
        ...{ expression, target: { context }, awaitPromise: true },
      })
      if (type === 'exception') throw new Error(exceptionDetails.text)
      return result.value
    },
    perform: (actions) => bidi.send('input.performActions', { context, actions }),
    async screenshot() {
      const { data } = await bidi.send('browsingContext.captureScreenshot', { context })
      return Buffer.from(data, 'base64')
    },
    async [Symbol.asyncDispose]() {
      socket.terminate()
      await firefox.stop()
      await removeProfile()
    },
  }
}
