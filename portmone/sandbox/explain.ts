import { SandboxConfigError } from './config.ts'

/** One line that says what to do; the whole error if it is unexpected. */
export function explain(error: unknown) {
  if (error instanceof SandboxConfigError) return error.message
  if (!(error instanceof Error)) return error
  const { code = '', syscall = '', message }: NodeJS.ErrnoException = error
  if (isUsageError(error)) return `${message.split('.')[0]}. Use --help to list the options.`
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    return `${message}. Set SANDBOX_PORT to a free port and SANDBOX_HOST to an address of this machine.`
  if (syscall === 'mkdir' || code === 'ERR_SQLITE_ERROR')
    return `${message}. Set SANDBOX_DATA_DIR (for npm start: DATA_DIR) to a writable folder.`
  return error
}

/** 2 for a wrong command line, otherwise 1. */
export const exitCodeOf = (error: unknown) => (isUsageError(error) ? 2 : 1)

function isUsageError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
