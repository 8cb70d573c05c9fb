import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Source {
  file: string
  text: string
}

/** The files of the client that match, tests and generated ones apart. */
export const sources = (pattern: string): Source[] =>
  globSync(pattern, { cwd: 'client' })
    .filter((file) => !/\.test\.|^(generated|test)\/|(^|\/)(dist|node_modules)\//.test(file))
    .sort()
    .map((file) => ({ file, text: readFileSync(join('client', file), 'utf8') }))

/** The file that `file` imports as `specifier`, seen from the client's folder. */
export const resolved = (file: string, specifier: string) => join(dirname(file), specifier)
