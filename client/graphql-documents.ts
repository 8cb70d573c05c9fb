import { print, stripIgnoredCharacters } from 'graphql'
import type { Plugin } from 'vite'

const call = /\bgraphql\(`\s*(query|mutation|subscription|fragment) (\w+)[^`]*`\)/g
const imported = /import \{ graphql \} from '([^']*\/generated\/(?:partner\/)?)gql\.ts'/
const generated = /\/generated\/(partner\/)?graphql\.ts$/
const tree = /^(export const \w+ = )(\{.*\}) as unknown as .*$/gm

/**
 * Makes what codegen generated smaller. Each `graphql(…)` call becomes an import of its document, so that the table that
 * finds documents by their text is not needed (codegen's own plugins for this need Babel or SWC). Each document is its
 * text, parsed when it is loaded, instead of a syntax tree ten times as long.
 */
export const graphqlDocuments = (): Plugin => ({
  name: 'graphql-documents',
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    if (generated.test(id)) return withTexts(code)
    if (!/\.tsx?$/.test(id) || !imported.test(code)) return null
    return code
      .replace(call, (_, kind: string, name: string) =>
        // Fragments only tell types apart.
        kind === 'fragment' ? '{}' : `documents.${name}Document`,
      )
      .replace(imported, `import * as documents from '$1graphql.ts'`)
  },
})

function withTexts(code: string): string {
  const documents = code.replace(tree, (_, declaration: string, json: string) => {
    const { __meta__, ...document } = JSON.parse(json)
    const text = stripIgnoredCharacters(print(document))
    const parsed = `parse(${JSON.stringify(text)}, { noLocation: true })`
    return `${declaration}/* @__PURE__ */ Object.assign(${parsed}, { __meta__: ${JSON.stringify(__meta__)} })`
  })
  return `import { parse } from '@0no-co/graphql.web'\n${documents}`
}
