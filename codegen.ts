import type { CodegenConfig } from '@graphql-codegen/cli'
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset'

/** The client's types and documents, from `schema.graphql` and the operations that stand beside its components. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['client/**/*.{ts,tsx}', '!client/generated/**', '!client/dist/**'],
  importExtension: '.ts',
  ignoreNoDocuments: false,
  generates: {
    'client/generated/': {
      preset: 'client',
      // A switch over __typename is exhaustive only if it is always asked and typed as always there.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
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
  },
}

export default config
