import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Path of a file or folder of this project. */
export const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))

/** Environment of every program that a test starts. With the cache of compiled code, a start takes half the time. */
export const programEnv = {
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  NODE_COMPILE_CACHE: pathOf('node_modules/.cache/compiled'),
}

/** Runs one of this project's programs until it exits. @returns its exit code and output. */
export const runProgram = (file: string, env: NodeJS.ProcessEnv, ...args: string[]) =>
  new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [pathOf(file), ...args],
      { env: { ...programEnv, ...env } },
      (_, out, err) => resolve({ code: child.exitCode, output: out + err }),
    )
  })
