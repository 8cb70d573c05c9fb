import { parseArgs } from 'node:util'

/** The command line is wrong. The message says what is wrong with it, and points to --help. */
export class UsageError extends Error {
  override name = 'UsageError'
  constructor(reason: string, options?: ErrorOptions) {
    super(`${reason}\nTry --help.`, options)
  }
}

/** Reads the command line of a program whose only option is --help. Throws a UsageError for any other. */
export function asksForHelp(args = process.argv.slice(2)): boolean {
  try {
    return parseArgs({ args, options: { help: { type: 'boolean', short: 'h' } } }).values.help ?? false
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}

type ErrorClass = new (...args: never[]) => Error

/**
 * Prints why a program ends, and sets its exit code: 2 for a UsageError, otherwise 1. Errors of the `expected` classes
 * are printed as their message, since it says what to do. Any other is a bug and is printed with its stack.
 */
export function exitWithError(error: unknown, expected: readonly ErrorClass[] = []): void {
  const isExpected = [UsageError, ...expected].some((type) => error instanceof type)
  console.error(isExpected ? (error as Error).message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
