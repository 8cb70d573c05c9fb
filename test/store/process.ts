import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/**
 * Runs a program in a process of its own, in which `store` is the opened store, until it ends or the test does.
 * `fileSize` limits what a file can grow to, in the blocks that the shell counts.
 */
export function inProcess(
  dataDir: string,
  exclusive: boolean,
  program: string,
  fileSize: number | 'unlimited' = 'unlimited',
): ChildProcess {
  const index = new URL('../../server/store/index.ts', import.meta.url)
  const source = `
    import { openSqliteStore } from ${JSON.stringify(index.href)}
    const store = await openSqliteStore(${JSON.stringify({ dataDir, exclusive })})
    ${program}`
  const limited = `ulimit -f ${fileSize} && exec "$0" --input-type=module --eval "$1"`
  const child = spawn('sh', ['-c', limited, process.execPath, source])
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

export const linesOf = (child: ChildProcess) => createInterface({ input: child.stdout! })
