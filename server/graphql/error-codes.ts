import type { ErrorCode as DomainErrorCode } from '../share-requests/errors.ts'

export interface ErrorCodeInfo {
  /**
   * HTTP status of a response if nothing was executed. 200 if the error is always an error of a field, null if it never
   * occurs over HTTP.
   */
  status: number | null
  /**
   * Whether the status is 200 in an answer of the type `application/json`, as GraphQL over HTTP recommends for errors of
   * the document and its variables.
   */
  okInJson?: true
  /** Whether the same request can succeed later. `extensions` if the error says so in `extensions.retryable`. */
  retryable: boolean | 'extensions'
  /** Headers that go with the status. */
  headers?: Record<string, string>
  description: string
  /** What the caller should do. */
  remedy: string
}

/** Every `extensions.code` that a caller can meet. */
export const errorCodes = {
  UNAUTHENTICATED: {
    status: 401,
    headers: { 'www-authenticate': 'Bearer' },
    retryable: false,
    description: 'A valid partner key is required, or the key sent is invalid, revoked or expired.',
    remedy: 'Send a valid partner key, or none at all if the operation does not need one.',
  },
  FORBIDDEN: {
    status: 200,
    retryable: false,
    description: 'The partner key lacks a scope.',
    remedy: 'Use a key with the scope that the message names.',
  },
  BAD_USER_INPUT: {
    status: 400,
    okInJson: true,
    retryable: false,
    description: 'An argument or a variable is invalid.',
    remedy: 'Fix the argument or variable that the message names.',
  },
  FACT_NOT_REQUESTED: {
    status: 200,
    retryable: false,
    description: 'The policy of the share request does not ask for this fact.',
    remedy: 'Leave the fact out, or use a policy that asks for it.',
  },
  SHARE_REQUEST_NOT_APPROVED: {
    status: 200,
    retryable: false,
    description: 'Facts were selected before the customer approved.',
    remedy: 'Wait for `ApprovedStatus` before you select `facts`.',
  },
  FACTS_NOT_IN_SUBSCRIPTION: {
    status: 200,
    retryable: false,
    description: 'Facts were selected in a subscription.',
    remedy: 'Query `facts` after the subscription has delivered `ApprovedStatus`.',
  },
  CURSOR_EXPIRED: {
    status: 200,
    retryable: false,
    description: 'The changes after the cursor are no longer all stored, or the database was restored.',
    remedy: 'List the share requests anew, and subscribe with `changesCursor` of the first page.',
  },
  SLOW_CONSUMER: {
    status: 200,
    retryable: true,
    description: 'A subscription to changes was ended, because its client read nothing for a minute.',
    remedy: 'Subscribe again with the cursor of the last change that was processed.',
  },
  SHARE_REQUEST_NOT_FOUND: {
    status: 200,
    retryable: false,
    description: '`ShareRequestNotFound` where there is no union: in a subscription.',
    remedy: 'Check the id and the clientSecret, or create a new share request.',
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    description: 'Too many requests, connections or operations.',
    remedy:
      'Wait for the seconds in `extensions.retryAfter` or in the header `retry-after`, or close connections that you do not read.',
  },
  UPSTREAM_UNAVAILABLE: {
    status: 200,
    retryable: 'extensions',
    description: '`UpstreamUnavailable` where there is no union: at `facts`.',
    remedy: "If `extensions.retryable`, retry later. Otherwise contact the gateway's operator.",
  },
  STORE_UNAVAILABLE: {
    status: 503,
    okInJson: true,
    retryable: 'extensions',
    description: "The gateway's database is unavailable.",
    remedy:
      "If `extensions.retryable`, retry later. Otherwise contact the gateway's operator and quote `extensions.id`.",
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    okInJson: true,
    retryable: false,
    description: 'An unexpected error, logged under `extensions.id`.',
    remedy: "Contact the gateway's operator and quote `extensions.id`.",
  },
  QUERY_TOO_COMPLEX: {
    status: 400,
    retryable: false,
    description: 'The document exceeds a limit.',
    remedy: 'Select less, or split the operation. The message names the limit.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 400,
    okInJson: true,
    retryable: false,
    description: 'No operation with this hash is registered.',
    remedy: 'Send the text of the operation, or add it to a file in `OPERATIONS_FILES`.',
  },
  PERSISTED_QUERY_ONLY: {
    status: 403,
    okInJson: true,
    retryable: false,
    description: 'The gateway runs only registered operations without a partner key.',
    remedy: 'Send the hash or the exact text of a registered operation, or a partner key.',
  },
  GRAPHQL_PARSE_FAILED: {
    status: 400,
    okInJson: true,
    retryable: false,
    description: 'The document has a syntax error.',
    remedy: 'Fix the document at the place in `locations`.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    okInJson: true,
    retryable: false,
    description: 'The document does not match the schema.',
    remedy: 'Fix the document at the place in `locations`.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    retryable: false,
    description: 'The document has several operations, or none of the given name.',
    remedy: 'Send the name of one of its operations as `operationName`.',
  },
  BAD_REQUEST: {
    status: 400,
    retryable: false,
    description: 'The request is not GraphQL over HTTP, or its operation id on a WebSocket is too long.',
    remedy:
      'Send one operation as a JSON object, with no unknown members; on a WebSocket, with an id of at most 64 characters.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    description: 'GraphQL was requested by another method than POST.',
    remedy: 'Use POST.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    retryable: false,
    description: 'A subscription was sent over HTTP without accepting an event stream.',
    remedy: 'Send `Accept: text/event-stream`, or subscribe over a WebSocket.',
  },
  REQUEST_ENTITY_TOO_LARGE: {
    status: 413,
    retryable: false,
    description: 'The body is larger than 100 kB.',
    remedy: 'Send less.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    description: 'The body is not declared as JSON.',
    remedy: 'Send JSON with `Content-Type: application/json`.',
  },
  SOCKET_CLOSED: {
    status: null,
    retryable: true,
    description: 'The operation arrived on a WebSocket that is closing.',
    remedy: 'Open another WebSocket.',
  },
} as const satisfies Record<DomainErrorCode, ErrorCodeInfo> & Record<string, ErrorCodeInfo>

export type ErrorCode = keyof typeof errorCodes
