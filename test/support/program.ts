import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Path of a file or folder of this project. */
export const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))

/** Runs one of this project's programs until it exits. @returns its exit code and output. */
export const runProgram = (file: string, env: NodeJS.ProcessEnv, ...args: string[]) =>
  new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [pathOf(file), ...args],
      { env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env } },
      (_, out, err) => resolve({ code: child.exitCode, output: out + err }),
    )
  })
