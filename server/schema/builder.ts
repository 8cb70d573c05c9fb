import SchemaBuilder from '@pothos/core'
import { CountryCodeResolver, DateResolver, DateTimeISOResolver } from 'graphql-scalars'
import type { Context } from './context.ts'

/** The one builder. A field is non-null unless it says otherwise. */
export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: number }
    Date: { Input: Date; Output: string }
    CountryCode: { Input: string; Output: string }
    EmailAddress: { Input: string; Output: string }
  }
}>({ defaultFieldNullability: false })

builder.addScalarType('DateTime', DateTimeISOResolver, {
  description: 'A moment in UTC as RFC 3339 writes it, such as `2026-11-24T10:23:41.000Z`.',
})
builder.addScalarType('Date', DateResolver, { description: 'A calendar day, such as `1990-04-23`.' })
builder.addScalarType('CountryCode', CountryCodeResolver, {
  description: 'A country by its ISO 3166-1 alpha-2 code, such as `UA`. Kosovo, which has none, is `XK`.',
})
// Addresses are checked where they enter the gateway, and no input has this type.
builder.scalarType('EmailAddress', {
  description: 'An email address, such as `ada@example.com`. It may have non-ASCII characters (RFC 6531).',
  serialize: (email) => email,
})
