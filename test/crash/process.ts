import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { programEnv } from '../support/program.ts'

/** A program that is started, killed without warning, and started again with the same environment. */
export class Killable implements AsyncDisposable {
  readonly #main: string
  readonly #env: NodeJS.ProcessEnv
  readonly #ready: RegExp
  #child: ChildProcess | undefined
  #printed = ''
  /** Its whole output, over all restarts. */
  output = ''

  /** @param main path from the repository's root; @param ready text that it prints as soon as it is ready. */
  constructor(main: string, env: NodeJS.ProcessEnv, ready: RegExp) {
    this.#main = fileURLToPath(new URL(`../../${main}`, import.meta.url))
    this.#env = { ...programEnv, ...env }
    this.#ready = ready
  }

  /** Starts it without waiting. */
  spawn(...args: string[]): ChildProcess {
    this.#printed = ''
    const child = spawn(process.execPath, [this.#main, ...args], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        this.#printed += chunk
        this.output += chunk
      })
    this.#child = child
    return child
  }

  /** Waits until it exits. */
  async run(...args: string[]): Promise<void> {
    await once(this.spawn(...args), 'exit')
  }

  /** Starts it. @returns its output until it was ready. */
  async start(): Promise<string> {
    this.spawn()
    await expect
      .poll(
        () => {
          if (!this.isRunning) throw new Error(`It ended by itself: ${this.#printed}`)
          return this.#printed
        },
        { timeout: 90_000, interval: 10 },
      )
      .toMatch(this.#ready)
    return this.#printed
  }

  /** Sends SIGKILL, so that it cannot finish anything. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || !this.isRunning) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  [Symbol.asyncDispose]() {
    return this.kill()
  }
}

/**
 * A port on which nothing listens, below the range of outgoing connections: a client that keeps connecting to a free
 * port of that range can end up connected to itself.
 */
export async function fixedPort(): Promise<string> {
  for (;;) {
    const port = 20_000 + randomInt(10_000)
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
      return String(port)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    } finally {
      server.close()
    }
  }
}

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
