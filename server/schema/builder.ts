import SchemaBuilder from '@pothos/core'
import { GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'
import * as z from 'zod'
import type { Context } from './context.ts'

const DateTimeInput = z.iso.datetime({ offset: true })

/** The one builder. A field is non-null unless it says otherwise. */
export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: number; Output: number }
    Date: { Input: never; Output: string }
    CountryCode: { Input: never; Output: string }
    EmailAddress: { Input: never; Output: string }
  }
}>({ defaultFieldNullability: false })

/** An event may have thousands of subscribers, thousands of share requests may be polled, and `toISOString` is slow. */
const isoTexts = new LRUCache<number, string>({ max: 10_000 })

function isoText(epochMs: number): string {
  let text = isoTexts.get(epochMs)
  if (text === undefined) {
    text = new Date(epochMs).toISOString()
    isoTexts.set(epochMs, text)
  }
  return text
}

builder.scalarType('DateTime', {
  description: 'A moment in UTC (RFC 3339), such as `2026-11-24T10:23:41.000Z`.',
  serialize: isoText,
  parseValue(value) {
    const { data } = DateTimeInput.safeParse(value)
    if (data === undefined)
      throw new GraphQLError('Must be a moment in RFC 3339, such as "2026-11-24T10:23:41Z".')
    return Date.parse(data)
  },
})

// No input has one of the other types, so that they have no parser. Facts are validated where they enter the gateway.
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
