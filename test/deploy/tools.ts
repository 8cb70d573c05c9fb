import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a command until it ends. @returns its output. Rejects with all of its output. */
export async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      env: { ...process.env, ...env },
      maxBuffer: 64 * 2 ** 20,
    })
    return stdout.trim()
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout.slice(-4_000)}${stderr.slice(-4_000)}`, {
      cause,
    })
  }
}

/** Throws an error that says what to install if one of these commands is missing. */
export function requireTools(packages: Record<string, string>): void {
  const missing = Object.entries(packages).filter(([command]) => !isInstalled(command))
  if (missing.length > 0)
    throw new Error(
      `Missing: ${missing.map(([command]) => command).join(', ')}. Install as root on Debian: ` +
        `apt-get install --no-install-recommends ${missing.map(([, name]) => name).join(' ')}`,
    )
}

function isInstalled(command: string): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', command], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    })
    return true
  } catch {
    return false
  }
}
