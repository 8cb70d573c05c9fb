import { type DocumentNode, GraphQLError, specifiedRules, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import { schema } from '../schema/index.ts'
import { parseWithinLimits, queryLimitsRule } from './query-limits.ts'
import { faultOfRequest } from './request-fault.ts'

/** The documents of operations, whatever transport they come on. None is parsed or validated again while it is known. */
export interface Documents {
  /** The document that `text` is. Throws a GraphQLError where it is none, or has too many tokens. */
  parse(text: string): DocumentNode
  /** What is wrong with it: nothing, where it may be executed. */
  validate(document: DocumentNode): readonly GraphQLError[]
}

/** Documents kept: strangers choose what they are, and each may be as large as a request. */
const mostDocumentsKept = 100

const rules = [...specifiedRules, queryLimitsRule]

/** @param hideSuggestions keeps "Did you mean …?" out of the errors. */
export function createDocuments(hideSuggestions: boolean): Documents {
  const documents = new LRUCache<string, DocumentNode>({ max: mostDocumentsKept })
  const faults = new WeakMap<DocumentNode, readonly GraphQLError[]>()

  return {
    parse(text) {
      const known = documents.get(text)
      if (known !== undefined) return known
      const document = parse(text)
      documents.set(text, document)
      return document
    },
    validate(document) {
      const known = faults.get(document)
      if (known !== undefined) return known
      const found = validate(schema, document, rules, { hideSuggestions }).map((error) =>
        faultOfRequest(error, 'GRAPHQL_VALIDATION_FAILED'),
      )
      faults.set(document, found)
      return found
    },
  }
}

function parse(text: string): DocumentNode {
  try {
    return parseWithinLimits(text)
  } catch (error) {
    throw error instanceof GraphQLError ? faultOfRequest(error, 'GRAPHQL_PARSE_FAILED') : error
  }
}

/** Lets Yoga have its documents from `documents`. */
export const documentsPlugin = ({ parse, validate }: Documents): Plugin => ({
  onParse: ({ setParseFn }) =>
    setParseFn((source) => parse(typeof source === 'string' ? source : source.body)),
  onValidate: ({ setValidationFn }) => setValidationFn((_schema, document) => validate(document)),
})
