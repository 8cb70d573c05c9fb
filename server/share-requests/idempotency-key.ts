import * as z from 'zod'

/**
 * A key that nobody can guess: all customers share one scope, and anyone who sends a key gets the clientSecret of the
 * share request that it created. So it must be a UUID of a random version that does not look invented.
 */
export const IdempotencyKey = z
  .union([z.uuidv4(), z.uuidv7()], 'Must be a random UUID (version 4 or 7), e.g. from crypto.randomUUID().')
  .refine(
    (key) => !isPredictable(randomDigits(key)),
    'Must be random, not a placeholder: send a new UUID each time, e.g. from crypto.randomUUID().',
  )

/** The random digits: all but version and variant, and in version 7 the time. */
function randomDigits(key: string): number[] {
  const digits = key.replaceAll('-', '')
  const first = digits[12] === '7' ? 13 : 0
  return [...digits].flatMap((digit, index) =>
    index < first || index === 12 || index === 16 ? [] : [Number.parseInt(digit, 16)],
  )
}

/** Digits with few distinct values, mostly one value, or that count up or down. Fewer than one random key in 100 million matches. */
function isPredictable(digits: number[]): boolean {
  const steps = digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 16) % 16)
  return (
    new Set(digits).size <= digits.length / 5 ||
    [digits, steps].some((values) => shareOfMostCommon(values) >= 2 / 3)
  )
}

function shareOfMostCommon(values: number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return Math.max(...counts.values()) / values.length
}
