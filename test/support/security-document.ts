import { readFileSync } from 'node:fs'

export const securityDocument = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')

/** A test that the security document names; `name` as in the source, with the placeholders of `test.each`. */
export interface NamedTest {
  file: string
  name: string
}

export const namedTests: NamedTest[] = [
  ...securityDocument.matchAll(/`((?:test|client)\/[^`]+\.test\.tsx?)` › "([^"]+)"/g),
].map(([, file = '', name = '']) => ({ file, name }))
