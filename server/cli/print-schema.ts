import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from '../schema/index.ts'

// Prints the public contract, sorted: what schema.graphql holds.
process.stdout.write(`${printSchema(lexicographicSortSchema(schema))}\n`)
