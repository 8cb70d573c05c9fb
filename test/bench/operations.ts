import { createHash } from 'node:crypto'

/**
 * The operations that every contestant serves: those of the customer's page. The bench sends exactly these, so that it
 * measures what the page causes.
 */
const fields = `
  fragment ShareRequestFields on ShareRequest {
    id
    createdAt
    expiresAt
    policy { name purpose facts checks }
    status {
      __typename
      version
      changedAt
      ... on PendingStatus { code expiresAt }
      ... on ApprovedStatus { approvedAt outcome { passed checks { name verdict } } }
      ... on FailedStatus { reason retryable }
    }
  }`

export const operations = {
  create: `mutation CreateShareRequest($input: CreateShareRequestInput!) {
    createShareRequest(input: $input) {
      __typename
      ... on CreateShareRequestSuccess { clientSecret shareRequest { ...ShareRequestFields } }
      ... on UserError { message }
    }
  }${fields}`,
  check: `mutation CheckShareRequest($input: ShareRequestInput!) {
    checkShareRequest(input: $input) {
      __typename
      ... on ShareRequest { ...ShareRequestFields }
      ... on UserError { message }
    }
  }${fields}`,
  read: `query ShareRequest($id: ID!, $clientSecret: String) {
    shareRequest(id: $id, clientSecret: $clientSecret) { ...ShareRequestFields }
  }${fields}`,
  follow: `subscription FollowShareRequest($id: ID!, $clientSecret: String) {
    shareRequestStatus(id: $id, clientSecret: $clientSecret) {
      __typename
      shareRequest { ...ShareRequestFields }
    }
  }${fields}`,
} as const

/** How operations are sent: by hash, as the page does, or as text. */
export type SendBy = 'hash' | 'text'

const hashOf = (query: string) => createHash('sha256').update(query).digest('hex')

/** Content for a file of `OPERATIONS_FILES`. */
export const operationsFile = JSON.stringify(
  Object.fromEntries(Object.values(operations).map((query) => [hashOf(query), query])),
)

const extensions = Object.fromEntries(
  Object.values(operations).map((query) => [
    query,
    { persistedQuery: { version: 1, sha256Hash: hashOf(query) } },
  ]),
)

/** The members of a request that name an operation. Over WebSocket the protocol requires a text, which may be empty. */
export const named = (query: string, sendBy: SendBy) =>
  sendBy === 'text' ? { query } : { query: '', extensions: extensions[query] }

/** Identifies a share request; its customer approves `code`. */
export interface Handle {
  id: string
  clientSecret: string
  code: string
}

/** The part of a share request's answer that the bench reads. */
export interface ShareRequestAnswer {
  id: string
  status: { __typename: string; version: number; changedAt: string; code?: string }
}
