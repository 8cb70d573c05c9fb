import type { Logger } from './log.ts'

/** Values that are remembered for one message. */
const maxValues = 100

/** Warnings that are logged once: configuration mistakes that only show in requests. */
export class Notices {
  readonly #log: Pick<Logger, 'warn'>
  readonly #said = new Map<string, Set<string>>()

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log
  }

  /** Logs `message` once for each `value`, for the first hundred values. */
  warn(message: string, value = ''): void {
    const values = this.#said.get(message) ?? new Set()
    if (values.has(value) || values.size >= maxValues) return
    this.#said.set(message, values.add(value))
    this.#log.warn(value === '' ? {} : { value: printable(value) }, message)
  }
}

/** A sender's own text: shortened, and one line of plain characters. */
const printable = (text: string) => text.slice(0, 200).replaceAll(/[^\x20-\x7e]/g, '?')
