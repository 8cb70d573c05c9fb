import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { CodegenConfig } from '@graphql-codegen/cli'
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset'
import { buildSchema, isAbstractType, isObjectType } from 'graphql'

const schemaFile = 'schema.graphql'
const schema = buildSchema(readFileSync(schemaFile, 'utf8'))

/** The types that stand behind each interface and union: what a normalised cache must know to match fragments. */
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
)

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]

/** Types without an id: part of the object that they stand in, as far as a normalised cache is concerned. */
const typesWithoutId = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter((type) => !type.name.startsWith('__') && !roots.includes(type) && !('id' in type.getFields()))
  .map(({ name }) => name)

/** What every folder of generated types and documents has in common. */
const client = {
  preset: 'client' as const,
  // A switch over __typename is exhaustive only if it is always asked and typed as always there.
  documentTransforms: [addTypenameSelectionDocumentTransform],
  config: {
    nonOptionalTypename: true,
    enumType: 'string-literal',
    useTypeImports: true,
    dedupeFragments: true,
    strictScalars: true,
    defaultScalarType: 'string',
    scalars: { CountryCode: 'string', Date: 'string', DateTime: 'string', EmailAddress: 'string' },
  },
}
const fragmentMasking = { unmaskFunctionName: 'readFragment' }

/**
 * The client's types and documents, from `schema.graphql` and the operations that stand beside its components. Those
 * of the partner's page are apart: all that is in a folder goes into each page that uses it, and into the operations
 * that customers are held to.
 */
const config: CodegenConfig = {
  schema: schemaFile,
  importExtension: '.ts',
  ignoreNoDocuments: false,
  generates: {
    'client/generated/': {
      ...client,
      documents: [
        'client/**/*.{ts,tsx}',
        '!client/**/*.test.{ts,tsx}',
        '!client/{generated,dist,partner}/**',
      ],
      presetConfig: {
        fragmentMasking,
        persistedDocuments: {
          // Without the prefix that the preset has: as clients send it.
          hashAlgorithm: (operation: string) => createHash('sha256').update(operation).digest('hex'),
        },
      },
    },
    'client/generated/partner/': {
      ...client,
      documents: ['client/partner/**/*.{ts,tsx}', '!client/**/*.test.{ts,tsx}'],
      presetConfig: { fragmentMasking },
    },
    'client/generated/possible-types.ts': {
      plugins: [
        {
          add: {
            content:
              '/** The types behind each interface and union: for a normalised cache, to match fragments. */',
          },
        },
        { add: { content: `export const possibleTypes = ${JSON.stringify(possibleTypes, null, 2)}` } },
        { add: { content: `export const typesWithoutId = ${JSON.stringify(typesWithoutId, null, 2)}` } },
      ],
    },
  },
}

export default config
