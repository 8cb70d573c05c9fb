import * as z from 'zod'

/**
 * A key that nobody can guess: all customers share one scope, and anyone who sends a key gets the clientSecret of the
 * share request that it created. So it must be a UUID of a random version that does not look invented.
 */
export const IdempotencyKey = z
  .union([z.uuidv4(), z.uuidv7()], 'Must be a random UUID (version 4 or 7), e.g. from crypto.randomUUID().')
  .refine(
    (key) => !isPredictable(randomDigits(key)) && !published.has(key.toLowerCase()),
    'Must be random, not a placeholder: send a new UUID each time, e.g. from crypto.randomUUID().',
  )

/** Examples of random UUIDs in widely read documentation, which get copied into programs. */
const published: ReadonlySet<string> = new Set([
  // RFC 9562
  '919108f7-52d1-4320-9bac-f847db4148a8',
  '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
  // The draft of the Idempotency-Key header, and Wikipedia
  '8e03978e-40d5-43e8-bc93-6894a57f9324',
  '550e8400-e29b-41d4-a716-446655440000',
  '123e4567-e89b-42d3-a456-426614174000',
  '123e4567-e89b-42d3-a456-426655440000',
  'de305d54-75b4-431b-adb2-eb6b9e546014',
  // MDN, Swagger UI, Redoc
  '36b8f84d-df4e-4d49-b662-bcde71a8764f',
  '3fa85f64-5717-4562-b3fc-2c963f66afa6',
  '497f6eca-6276-4993-bfeb-53cbbbba6f08',
  // PostgreSQL, Python, Ruby
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  '16fd2706-8baf-433b-82eb-8c7fada847da',
  '2d931510-d99f-494a-8c67-87feb05e1594',
  // The npm package uuid
  '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed',
  '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d',
  '10ba038e-48da-487b-96e8-8d3b99b6d18a',
  '109156be-c4fb-41ea-b1b4-efe1671c5836',
  '110ec58a-a0f2-4ac4-8393-c866d813b8d1',
  '6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  '01695553-c90c-705a-b56d-778dfbbd4bed',
  '01695553-c90c-722d-9b5d-b38dfbbd4bed',
  '01695553-c90c-745a-b76f-770d7b3dcb6d',
  '01941f29-7c00-75f4-a310-744d2167fc5b',
  '019a26ab-9a66-71a9-a89e-63c35fce4a5a',
])

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
