import * as z from 'zod'
import { AcceptableText } from './acceptable-text.ts'
import { InvalidInput } from './errors.ts'
import { IdempotencyKey } from './idempotency-key.ts'

const CreateInput = z.object({
  policy: AcceptableText,
  idempotencyKey: IdempotencyKey,
  reference: AcceptableText.max(200, 'Must be at most 200 characters.')
    .nullish()
    .transform((reference) => reference ?? null),
})

/** What a caller sends to create a share request. */
export type CreateInput = z.input<typeof CreateInput>
export type ValidCreateInput = z.output<typeof CreateInput>

/** Throws InvalidInput, which names every issue. */
export function parseCreateInput(input: CreateInput): ValidCreateInput {
  const parsed = CreateInput.safeParse(input)
  if (parsed.success) return parsed.data
  throw new InvalidInput(
    parsed.error.issues.map((issue) => ({
      path: ['input', ...issue.path.map(String)],
      message: issue.message,
    })),
  )
}

/**
 * Everything in which two inputs with the same idempotencyKey must agree. Gateways of several versions compare these
 * while they share a store: a new field is left out if the caller did not send it.
 */
export const comparableInput = ({ policy, reference }: ValidCreateInput): string[] => [
  policy,
  reference ?? '',
]
