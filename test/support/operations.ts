import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Result, TestClient } from './clients.ts'

const status = `
  __typename
  shareRequestId
  version
  changedAt
  ... on PendingStatus { code expiresAt }
  ... on ApprovedStatus { approvedAt outcome { passed checks { name verdict } } }
  ... on FailedStatus { reason retryable }
`

export const operations = {
  create: `mutation ($input: CreateShareRequestInput!) {
    createShareRequest(input: $input) {
      __typename
      ... on CreateShareRequestSuccess {
        clientSecret
        shareRequest { id reference createdBy createdAt expiresAt policy { name purpose facts checks } status { ${status} } }
      }
      ... on UserError { message }
      ... on InvalidInput { issues { path message } }
      ... on UnknownPolicy { policies }
      ... on RateLimited { retryAfter }
      ... on UpstreamUnavailable { retryable }
    }
  }`,
  read: `query ($id: ID!, $clientSecret: String) {
    shareRequest(id: $id, clientSecret: $clientSecret) {
      id
      status { ${status} }
      history { __typename version changedAt shareRequest { id } }
    }
  }`,
  check: `mutation ($input: ShareRequestInput!) {
    checkShareRequest(input: $input) {
      __typename
      ... on ShareRequest { id status { ${status} } }
      ... on UserError { message }
      ... on RateLimited { retryAfter }
      ... on UpstreamUnavailable { retryable }
    }
  }`,
  cancel: `mutation ($input: ShareRequestInput!) {
    cancelShareRequest(input: $input) {
      __typename
      ... on ShareRequest { id status { ${status} } }
      ... on UserError { message }
      ... on InvalidTransition { status { ${status} } }
      ... on UpstreamUnavailable { retryable }
    }
  }`,
  follow: `subscription ($id: ID!, $clientSecret: String) {
    shareRequestStatus(id: $id, clientSecret: $clientSecret) { ${status} shareRequest { id reference } }
  }`,
  facts: `query ($id: ID!, $clientSecret: String) {
    shareRequest(id: $id, clientSecret: $clientSecret) {
      facts { fullName dateOfBirth nationality ageOver(years: 18) provenAt }
    }
  }`,
  list: `query ($first: Int! = 20, $after: String, $filter: ShareRequestFilter) {
    shareRequests(first: $first, after: $after, filter: $filter) {
      edges { cursor node { id reference policy { name } status { __typename } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`,
  policies: '{ policies { name access purpose facts checks lifetime } }',
} as const

/** A share request as its creator knows it. */
export interface Created {
  id: string
  clientSecret: string
  code: string
}

/** Creates a share request that must succeed. */
export async function create(client: TestClient, input: Record<string, unknown> = {}): Promise<Created> {
  const result = await client.run(operations.create, {
    input: { policy: 'kyc-basic', idempotencyKey: randomUUID(), ...input },
  })
  expect(result.errors).toBeUndefined()
  const created = result.data.createShareRequest
  expect(created).toMatchObject({ __typename: 'CreateShareRequestSuccess' })
  const { id, status } = created.shareRequest
  return { id, clientSecret: created.clientSecret, code: status.code }
}

/** Cancels a pending share request. A check in progress refuses that for a moment. */
export async function cancel(
  client: TestClient,
  { id, clientSecret }: Pick<Created, 'id'> & Partial<Created>,
): Promise<void> {
  const input = { id, clientSecret }
  const cancelled = async () => (await client.run(operations.cancel, { input })).data.cancelShareRequest
  await expect.poll(cancelled).toMatchObject({ status: { __typename: 'CancelledStatus' } })
}

/** All results of a subscription until it completes. */
export async function everythingOf<T>(iterator: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of iterator) all.push(value)
  return all
}

/** Type and version of every status that a subscription sends until it completes. */
export async function statusesOf(stream: AsyncIterable<Result>): Promise<[string, number][]> {
  const results = await everythingOf(stream)
  return results.map(({ data, errors }) => {
    expect(errors).toBeUndefined()
    return [data.shareRequestStatus.__typename, data.shareRequestStatus.version]
  })
}
