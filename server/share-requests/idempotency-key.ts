import * as z from 'zod'

/**
 * A key that nobody else can know: customers share one scope of keys, and who sends a key gets the clientSecret of the
 * share request that it created. So a UUID of the versions that are random, and none that looks made up.
 */
export const IdempotencyKey = z
  .union([z.uuidv4(), z.uuidv7()], 'Must be a random UUID (version 4 or 7), e.g. from crypto.randomUUID().')
  .refine(
    (key) => !isPredictable(randomDigits(key)),
    'Must be random, not a placeholder: send a new UUID each time, e.g. from crypto.randomUUID().',
  )

/** Those that are random: all but version and variant, and in version 7 the time. */
function randomDigits(key: string): number[] {
  const digits = key.replaceAll('-', '')
  const first = digits[12] === '7' ? 13 : 0
  return [...digits].flatMap((digit, index) =>
    index < first || index === 12 || index === 16 ? [] : [Number.parseInt(digit, 16)],
  )
}

/** Digits that are few, or mostly the same, or that count up or down: of random keys fewer than one in a hundred million. */
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
