import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Source {
  file: string
  text: string
}

/** Matching files of the client, except tests and generated files. */
export const sources = (pattern: string): Source[] =>
  globSync(pattern, { cwd: 'client' })
    .filter((file) => !/\.test\.|^(generated|test)\/|(^|\/)(dist|node_modules)\//.test(file))
    .sort()
    .map((file) => ({ file, text: readFileSync(join('client', file), 'utf8') }))

/** The file that `file` imports as `specifier`, relative to the client's folder. */
export const resolved = (file: string, specifier: string) => join(dirname(file), specifier)
