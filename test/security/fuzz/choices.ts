import * as fc from 'fast-check'

const evenly = (max: number) => fc.noBias(fc.nat({ max }))

/** Seeded random choices: the same seed gives the same choices. */
export class Choices {
  readonly #gen: fc.GeneratorValue

  constructor(gen: fc.GeneratorValue) {
    this.#gen = gen
  }

  /** From 0 to `most`, evenly distributed. */
  upTo(most: number): number {
    return this.#gen(evenly, most)
  }

  /** @param percent how often it is true. */
  chance(percent: number): boolean {
    return this.upTo(99) < percent
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.upTo(from.length - 1)]
    if (picked === undefined) throw new Error('There is nothing to pick from.')
    return picked
  }

  /** A list of `least` to `most` items. */
  some<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.upTo(most - least) }, make)
  }

  /** Any JSON value, among them values that often break parsers. */
  json(): unknown {
    return this.chance(50) ? this.pick(awkward) : this.#gen(fc.jsonValue, { maxDepth: 3 })
  }

  text(): string {
    return this.chance(50)
      ? this.#gen(fc.string, { maxLength: 40 })
      : this.#gen(fc.string, { unit: 'binary', maxLength: 20 })
  }

  /** `text` with parts of it removed, doubled or replaced. */
  damaged(text: string): string {
    let result = text
    for (let count = 0; count <= this.upTo(2); count++) {
      const at = this.upTo(result.length)
      const end = at + this.upTo(8)
      const piece = this.pick(['', result.slice(at, end).repeat(2), ...awkwardPieces, this.text()])
      result = result.slice(0, at) + piece + result.slice(end)
    }
    return result
  }
}

/** `count` values that `make` builds by seeded choices. */
export const sampled = <T>(count: number, seed: number, make: (choices: Choices) => T): T[] =>
  fc.sample(
    fc.gen().map((gen) => make(new Choices(gen))),
    { numRuns: count, seed },
  )

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

const awkward: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 31, 2 ** 53, '', ' ', '\u0000', '\ud800', '𝒳', '../../etc/passwd'],
  ...['null', 'undefined', 'NaN', '__proto__', 'constructor', "'; drop table share_requests; --", '%s%n'],
  ...[
    [],
    {},
    [[]],
    [null],
    { length: 1 },
    { toString: 1 },
    JSON.parse('{"then": 1}'),
    { toJSON: 1 },
    'x'.repeat(5_000),
    deep(200),
  ],
  ...[JSON.parse('{"__proto__": {"admin": true}}'), { constructor: { prototype: { admin: true } } }],
]

const awkwardPieces = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '"',
    '"""',
    '\\',
    '\\u{110000}',
    '\\ud800',
    '$',
    '@',
    '!',
    '|',
    '&',
    '#',
    '...',
  ],
  ...['\u0000', '\ufeff', '\u2028', '🦜', '9'.repeat(400), '-', '1e', '0x1', 'on', 'fragment', '__typename'],
]
