import { parseArgs } from 'node:util'

/** The command line can not be understood. The message says what is wrong with it, and where there is help. */
export class UsageError extends Error {
  override name = 'UsageError'
  constructor(fault: string, options?: ErrorOptions) {
    super(`${fault}\nTry --help.`, options)
  }
}

/** Reads the command line of a program whose one option is --help. Throws a UsageError for any other. */
export function asksForHelp(args = process.argv.slice(2)): boolean {
  try {
    return parseArgs({ args, options: { help: { type: 'boolean', short: 'h' } } }).values.help ?? false
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}
