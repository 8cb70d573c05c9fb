import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'
import { encode, inFewColours } from './palette.ts'

const references = new URL('reference/', import.meta.url)
const results = new URL('../../../test-results/pictures/', import.meta.url)

/** Whether pictures replace the references instead of being compared with them. */
const accepting = Boolean(process.env.UPDATE_PICTURES)

/** What to do about changed pictures. */
export const advice = `See ${fileURLToPath(results)}. Where they are as they should be: UPDATE_PICTURES=1 npm test -- pictures`

/** Tolerance for colours (1: white instead of black), because processors round differently. */
const threshold = 0.01

/**
 * Compares a picture (PNG) with the reference of the same name. @returns null if they match, otherwise a message, and
 * writes `<name>.drawn.png` and `<name>.difference.png` to the results. With UPDATE_PICTURES the picture becomes the
 * reference instead.
 */
export function compare(name: string, picture: Buffer): string | null {
  const drawn = inFewColours(PNG.sync.read(picture))
  const reference = read(name)
  const difference = new PNG({ width: drawn.width, height: drawn.height })
  const problem = problemOf(reference, drawn, difference)
  if (problem === null) return null
  if (accepting) {
    write(references, name, drawn)
    return null
  }
  write(results, `${name}.drawn`, drawn)
  if (reference?.data.length === drawn.data.length)
    write(results, `${name}.difference`, inFewColours(difference))
  return `${name}: ${problem}`
}

function problemOf(reference: PNG | null, drawn: PNG, difference: PNG): string | null {
  if (reference === null) return 'there is no such reference picture.'
  const { width, height } = drawn
  if (reference.width !== width || reference.height !== height)
    return `${width} × ${height} pixels in place of ${reference.width} × ${reference.height}.`
  const count = pixelmatch(reference.data, drawn.data, difference.data, width, height, { threshold })
  return count === 0 ? null : `${count} pixels differ.`
}

/** Removes the results of an earlier run. */
export const clearResults = () => rmSync(results, { recursive: true, force: true })

/** Reference pictures with other names than these. With UPDATE_PICTURES they are removed. */
export function strays(names: readonly string[]): string[] {
  const known = new Set(names.map((name) => `${name}.png`))
  const found = readdirSync(references).filter((file) => !known.has(file))
  if (!accepting) return found
  for (const file of found) rmSync(new URL(file, references))
  return []
}

function read(name: string): PNG | null {
  try {
    return PNG.sync.read(readFileSync(new URL(`${name}.png`, references)))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function write(to: URL, name: string, picture: PNG): void {
  mkdirSync(to, { recursive: true })
  writeFileSync(new URL(`${name}.png`, to), encode(picture))
}
