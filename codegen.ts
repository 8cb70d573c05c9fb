import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { CodegenConfig } from '@graphql-codegen/cli'
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset'
import { buildSchema, isAbstractType } from 'graphql'

const schemaFile = 'schema.graphql'
const schema = buildSchema(readFileSync(schemaFile, 'utf8'))

/** The types that stand behind each interface and union: what a normalised cache must know to match fragments. */
const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
)

/** The client's types and documents, from `schema.graphql` and the operations that stand beside its components. */
const config: CodegenConfig = {
  schema: schemaFile,
  documents: ['client/**/*.{ts,tsx}', '!client/**/*.test.{ts,tsx}', '!client/{generated,dist}/**'],
  importExtension: '.ts',
  ignoreNoDocuments: false,
  generates: {
    'client/generated/': {
      preset: 'client',
      // A switch over __typename is exhaustive only if it is always asked and typed as always there.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: {
        fragmentMasking: { unmaskFunctionName: 'readFragment' },
        persistedDocuments: {
          // Without the prefix that the preset has: as clients send it.
          hashAlgorithm: (operation: string) => createHash('sha256').update(operation).digest('hex'),
        },
      },
      config: {
        nonOptionalTypename: true,
        enumType: 'string-literal',
        useTypeImports: true,
        dedupeFragments: true,
        strictScalars: true,
        defaultScalarType: 'string',
        scalars: { CountryCode: 'string', Date: 'string', DateTime: 'string', EmailAddress: 'string' },
      },
    },
    'client/generated/possible-types.ts': {
      plugins: [
        { add: { content: `export const possibleTypes = ${JSON.stringify(possibleTypes, null, 2)}` } },
      ],
    },
  },
}

export default config
