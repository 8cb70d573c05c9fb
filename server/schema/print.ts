import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from './index.ts'

/** The public contract as text, sorted: what schema.graphql holds. */
export const sdl = `${printSchema(lexicographicSortSchema(schema))}\n`
