import SchemaBuilder from '@pothos/core'
import type { Context } from './context.ts'

/** The one builder. A field is non-null unless it says otherwise. */
export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: never; Output: number }
    Date: { Input: never; Output: string }
    CountryCode: { Input: never; Output: string }
    EmailAddress: { Input: never; Output: string }
  }
}>({ defaultFieldNullability: false })

// No input has one of these types, so that they have no parser. Facts are validated where they enter the gateway.
builder.scalarType('DateTime', {
  description: 'A moment in UTC (RFC 3339), such as `2026-11-24T10:23:41.000Z`.',
  serialize: (epochMs) => new Date(epochMs).toISOString(),
})
builder.scalarType('Date', {
  description: 'A calendar day (RFC 3339), such as `1990-04-23`.',
  serialize: (date) => date,
})
builder.scalarType('CountryCode', {
  description: 'An ISO 3166-1 alpha-2 country code, such as `UA`. Kosovo, which has none, is `XK`.',
  serialize: (code) => code,
})
builder.scalarType('EmailAddress', {
  description: 'An email address, such as `ada@example.com`. It can contain non-ASCII characters (RFC 6531).',
  serialize: (email) => email,
})
