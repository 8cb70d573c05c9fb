import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Probe } from './probe.ts'
import type { Answer, Answers, Handlers } from './rpc.ts'

/** Maximum milliseconds per task, so that a bench that hangs ends with an error. */
const longestCall = 300_000

const probe = new URL('./probe.ts', import.meta.url).href

/** A process of the bench and its RPC. `H` are its handlers besides those of the probe. */
export class Child<H extends Handlers = Record<never, never>> {
  readonly #process: ChildProcess
  readonly #calls = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  #number = 0

  /** @param module URL of the module to run. Its log is discarded, its errors go to this terminal. */
  constructor(module: URL, env: NodeJS.ProcessEnv = {}) {
    this.#process = fork(fileURLToPath(module), {
      execArgv: ['--import', probe],
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    this.#process.on('message', (answer: Partial<Answer>) => this.#answered(answer))
    this.#process.once('exit', (code, signal) => {
      for (const { reject } of this.#calls.values())
        reject(new Error(`${module.pathname} ended (${signal ?? code}).`))
    })
  }

  /** Resolves with the URL that the process listens on. */
  async listening(): Promise<string> {
    const ended = new AbortController()
    const gone = once(this.#process, 'exit', { signal: ended.signal }).then(() => {
      throw new Error('A server of the bench ended before it listened; what it said stands above.')
    })
    try {
      return await Promise.race([this.#told(ended.signal), gone])
    } finally {
      ended.abort()
      gone.catch(() => {})
    }
  }

  call<Name extends string & keyof (H & Probe)>(
    name: Name,
    ...args: Parameters<(H & Probe)[Name]>
  ): Promise<Answers<H & Probe, Name>> {
    const number = this.#number++
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${name} took more than ${longestCall} ms.`)),
        longestCall,
      )
      const settled = () => clearTimeout(late)
      this.#calls.set(number, {
        resolve: (result) => [settled(), resolve(result as Answers<H & Probe, Name>)],
        reject: (error) => [settled(), reject(error)],
      })
      this.#process.send({ call: name, number, args })
    })
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exit = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), 15_000)
    await exit
    clearTimeout(kill)
  }

  async #told(signal: AbortSignal): Promise<string> {
    for (;;) {
      const [message] = (await once(this.#process, 'message', { signal })) as [{ listening?: string }]
      if (message.listening !== undefined) return message.listening
    }
  }

  #answered({ number, result, error }: Partial<Answer>): void {
    const call = number === undefined ? undefined : this.#calls.get(number)
    if (number === undefined || call === undefined) return
    this.#calls.delete(number)
    if (error === undefined) call.resolve(result)
    else call.reject(new Error(error))
  }
}
