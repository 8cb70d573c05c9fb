import { readFileSync } from 'node:fs'
import { GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import * as z from 'zod'
import type { Caller } from '../share-requests/caller.ts'
import { requestError } from './errors.ts'
import type { OperationGuard } from './execution.ts'
import type { OperationParams } from './operation.ts'

/** Texts of operations by the SHA-256 of each. */
type Operations = ReadonlyMap<string, string>

/**
 * Operations that clients send as `extensions: { persistedQuery: { version: 1, sha256Hash } }` instead of their text, on
 * any transport. They come only from files: no request registers one. If a request has both, its text counts.
 */
export interface PersistedOperations {
  /** The text in `params`, or else the text of their hash. The error is for the client. */
  textOf(params: Pick<OperationParams, 'query' | 'extensions'>): string | GraphQLError
  /** The texts of all registered operations. */
  texts: ReadonlySet<string>
  /** Makes Yoga find the text of a hash. */
  httpPlugin: Plugin
  /**
   * The error for a customer who may not run `text`, because it is not registered. Compares texts, so that strangers'
   * documents are not parsed. Null if customers are not restricted.
   */
  refuseUnknown: ((caller: Caller, text: string) => GraphQLError | null) | null
  /** The same rule, in front of every execution. */
  guards: OperationGuard[]
}

/** @param isRestricted whether customers may run only these operations. */
export function createPersistedOperations(
  operations: Operations,
  isRestricted: boolean,
): PersistedOperations {
  const texts = new Set(operations.values())

  function textOf({ query, extensions }: Pick<OperationParams, 'query' | 'extensions'>) {
    const hash = query ? undefined : hashIn(extensions)
    return hash === undefined ? (query ?? '') : (operations.get(hash) ?? notFound)
  }

  return {
    textOf,
    texts,
    httpPlugin: {
      onParams({ params, setParams }) {
        if (hashIn(params?.extensions) === undefined) return
        const query = textOf(params)
        // Thrown, because Yoga would still complain about the missing text if the result were set.
        if (query instanceof GraphQLError) throw query
        setParams({ ...params, query })
      },
    },
    refuseUnknown: isRestricted ? refusalOf : null,
    guards: isRestricted
      ? [({ contextValue, document }) => refusalOf(contextValue.caller, document.loc?.source.body ?? '')]
      : [],
  }

  function refusalOf({ kind }: Caller, text: string): GraphQLError | null {
    return kind === 'CUSTOMER' && !texts.has(text) ? notAllowed : null
  }
}

/** The hash in `extensions`, without a prefix; undefined if there is none. */
export function hashIn(extensions: unknown): string | undefined {
  const persistedQuery = isRecord(extensions) ? extensions.persistedQuery : undefined
  if (!isRecord(persistedQuery) || persistedQuery.version !== 1) return undefined
  const { sha256Hash } = persistedQuery
  return typeof sha256Hash === 'string' ? bareHash(sha256Hash) : undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** GraphQL Code Generator writes the algorithm before the hash. */
function bareHash(hash: string): string {
  return hash.startsWith('sha256:') ? hash.slice('sha256:'.length) : hash
}

// Clients recognise this message and then send the text.
const notFound = requestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')

const notAllowed = requestError(
  'PERSISTED_QUERY_ONLY',
  'Without a partner key, only registered operations may be run. Send its hash or its exact text.',
)

/** A manifest of persisted operations is invalid. The message names the file and the problem. */
export class OperationsFileError extends Error {
  override name = 'OperationsFileError'
}

const OperationsFile = z.record(z.string(), z.string('the operation must be a string with its text'))

/**
 * Reads the manifests that code generators write, JSON such as `{ "<SHA-256>": "query …" }`, and validates each operation:
 * the operator should find an invalid one, not a customer. Throws an OperationsFileError.
 * @param schema null for our own manifest, which the build validates, to save time at the start.
 */
export function readOperations(files: readonly string[], schema: GraphQLSchema | null): Operations {
  return new Map(files.flatMap((file) => readOperationsFile(file, schema)))
}

function readOperationsFile(file: string, schema: GraphQLSchema | null): [hash: string, text: string][] {
  try {
    const operations = OperationsFile.parse(JSON.parse(new TextDecoder().decode(readFileSync(file))))
    return Object.entries(operations).map(([key, text]) => {
      const hash = bareHash(key)
      if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error(`["${key}"] the key is not a SHA-256 in hexadecimal`)
      const [error] = schema === null ? [] : validate(schema, parse(text))
      if (error) throw new Error(`["${key}"] ${error.message}`)
      return [hash, text]
    })
  } catch (cause) {
    const what = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new OperationsFileError(
      `OPERATIONS_FILES: ${file} is not a valid manifest of operations: ${what}`,
      { cause },
    )
  }
}
