import { type DocumentNode, GraphQLError, specifiedRules, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import { schema } from '../schema/index.ts'
import { asRequestError } from './errors.ts'
import { parseWithinLimits, queryLimitsRules } from './query-limits.ts'

/** The documents of operations, whatever transport they come on. None is parsed or validated again while it is known. */
export interface Documents {
  /** The document that `text` is. Throws a GraphQLError where it is none, or has too many tokens. */
  parse(text: string): DocumentNode
  /** What is wrong with it: nothing, where it may be executed. */
  validate(document: DocumentNode): readonly GraphQLError[]
}

/** Documents kept: strangers choose what they are, and each may be as large as a request. */
const maxDocuments = 100

/** Errors of a document that are looked for: who mends these looks for the next. */
const maxErrors = 10

interface DocumentsDeps {
  /** Texts whose documents are kept for good: whatever strangers send, the clients' own are at hand. */
  known: ReadonlySet<string>
  /** Keeps "Did you mean …?" out of the errors. */
  hideSuggestions: boolean
}

export function createDocuments({ known, hideSuggestions }: DocumentsDeps): Documents {
  const knownDocuments = new Map<string, DocumentNode>()
  const documents = new LRUCache<string, DocumentNode>({ max: maxDocuments })
  const faults = new WeakMap<DocumentNode, readonly GraphQLError[]>()

  return {
    parse(text) {
      const kept = known.has(text) ? knownDocuments : documents
      const document = kept.get(text) ?? parse(text)
      kept.set(text, document)
      return document
    },
    validate(document) {
      const found = faults.get(document) ?? validationErrors(document)
      faults.set(document, found)
      return found
    },
  }

  /** First by the limits: the other rules take far longer, the more the document has. */
  function validationErrors(document: DocumentNode): readonly GraphQLError[] {
    const options = { hideSuggestions, maxErrors: maxErrors }
    const tooMuch = validate(schema, document, queryLimitsRules, options)
    const errors = tooMuch.length > 0 ? tooMuch : validate(schema, document, specifiedRules, options)
    return errors.map((error) => asRequestError(error, 'GRAPHQL_VALIDATION_FAILED'))
  }
}

function parse(text: string): DocumentNode {
  try {
    return parseWithinLimits(text)
  } catch (error) {
    throw error instanceof GraphQLError ? asRequestError(error, 'GRAPHQL_PARSE_FAILED') : error
  }
}

/** Lets Yoga have its documents from `documents`. */
export const documentsPlugin = ({ parse, validate }: Documents): Plugin => ({
  onParse: ({ setParseFn }) =>
    setParseFn((source) => parse(typeof source === 'string' ? source : source.body)),
  onValidate: ({ setValidationFn }) => setValidationFn((_schema, document) => validate(document)),
})
