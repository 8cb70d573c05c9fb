import { type DocumentNode, GraphQLError, specifiedRules, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import { schema } from '../schema/index.ts'
import { asRequestError } from './errors.ts'
import { parseWithinLimits, queryLimitsRules } from './query-limits.ts'

/** The documents of operations, for every transport. A document is parsed and validated once while it is kept. */
export interface Documents {
  /** Throws a GraphQLError for a syntax error or too many tokens. */
  parse(text: string): DocumentNode
  /** @returns an empty list if the document may be executed. */
  validate(document: DocumentNode): readonly GraphQLError[]
}

/** Unknown documents that are kept. Strangers choose them, and each may be as large as a request. */
const maxDocuments = 100

/** Validation stops after this many errors: fixing them reveals the rest. */
const maxErrors = 10

interface DocumentsDeps {
  /** Texts whose documents are never dropped, however many others strangers send. */
  known: ReadonlySet<string>
  /** Keeps "Did you mean …?" out of the errors. */
  hideSuggestions: boolean
}

export function createDocuments({ known, hideSuggestions }: DocumentsDeps): Documents {
  const knownDocuments = new Map<string, DocumentNode>()
  const documents = new LRUCache<string, DocumentNode>({ max: maxDocuments })
  const errorsOf = new WeakMap<DocumentNode, readonly GraphQLError[]>()

  return {
    parse(text) {
      const kept = known.has(text) ? knownDocuments : documents
      let document = kept.get(text)
      if (document === undefined) {
        document = parse(text)
        kept.set(text, document)
      }
      return document
    },
    validate(document) {
      let errors = errorsOf.get(document)
      if (errors === undefined) {
        errors = validationErrors(document)
        errorsOf.set(document, errors)
      }
      return errors
    },
  }

  /** The limits come first: the other rules take much longer on a large document. */
  function validationErrors(document: DocumentNode): readonly GraphQLError[] {
    const options = { hideSuggestions, maxErrors }
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

/** Makes Yoga parse and validate by `documents`. */
export const documentsPlugin = ({ parse, validate }: Documents): Plugin => ({
  onParse: ({ setParseFn }) =>
    setParseFn((source) => parse(typeof source === 'string' ? source : source.body)),
  onValidate: ({ setValidationFn }) => setValidationFn((_schema, document) => validate(document)),
})
