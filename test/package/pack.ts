import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

const root = fileURLToPath(new URL('../..', import.meta.url))

declare module 'vitest' {
  interface ProvidedContext {
    /** Paths of the tarballs of the verification and of the SDK's stand-in. */
    tarballs: string[]
  }
}

/** Packs once for all test files. */
export default async function pack({ provide }: TestProject): Promise<void> {
  await promisify(execFile)('npm', ['run', 'package'], { cwd: root })
  const packages = join(root, 'packages')
  const tarballs = readdirSync(packages).map((name) => join(packages, name))
  if (tarballs.length !== 2) throw new Error(`Expected two tarballs, found: ${tarballs.join(', ')}`)
  provide('tarballs', tarballs)
}
