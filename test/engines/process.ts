import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** A program that prints a line when it is ready. */
export interface Started {
  match: RegExpExecArray
  stop(): Promise<void>
}

/**
 * Starts a program in a new process group, so that a stop also ends the processes that it has started.
 * Resolves with the first line of output that matches `ready`.
 */
export async function startProgram(
  command: string,
  args: string[],
  ready: RegExp,
  env: NodeJS.ProcessEnv = {},
): Promise<Started> {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    end(child)
    await exited
  }
  try {
    const match = await Promise.race([
      firstMatch(child.stdout, ready),
      firstMatch(child.stderr, ready),
      exited.then(() => Promise.reject(new Error(`${command} ended before it was ready`))),
      new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error(`${command} was not ready in 60 seconds`)), 60_000).unref(),
      ),
    ])
    return { match, stop }
  } catch (error) {
    end(child)
    throw error
  }
}

function end({ pid, exitCode, signalCode }: ChildProcess) {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}

const firstMatch = (output: Readable, pattern: RegExp) =>
  new Promise<RegExpExecArray>((resolve) => {
    // Read to the end, so that the program is never blocked by a full pipe.
    createInterface(output).on('line', (line) => {
      const match = pattern.exec(line)
      if (match) resolve(match)
    })
  })
