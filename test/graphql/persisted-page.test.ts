import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parse } from 'graphql'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { readFragment } from '../../client/generated/fragment-masking.ts'
import { createGateway } from '../../client/verification/gateway.ts'
import {
  CancelShareRequest,
  CreateShareRequest,
  ShareRequestFields,
  SubscribeToShareRequest,
} from '../../client/verification/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

const pageOperations = fileURLToPath(
  new URL('../../client/generated/persisted-documents.json', import.meta.url),
)

let restricted: Stage
beforeAll(async () => {
  restricted = await startStage({ config: { operationsFiles: [pageOperations] } })
})
afterAll(() => restricted[Symbol.asyncDispose]())
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** The page's own client, and the operations that it sends over HTTP and WebSocket. */
function startPage(stage: Stage) {
  vi.stubGlobal('document', { baseURI: stage.gateway.url })
  const fetched = vi.spyOn(globalThis, 'fetch')
  const sent = vi.spyOn(WebSocket.prototype, 'send')
  return {
    ...createGateway(`${stage.gateway.url}/graphql`),
    sent: () => [
      ...fetched.mock.calls.map(([, init]) => JSON.parse(String(init?.body))),
      ...sent.mock.calls
        .map(([message]) => JSON.parse(String(message)))
        .flatMap(({ type, payload }) => (type === 'subscribe' ? [payload] : [])),
    ],
  }
}

test('the page sends only hashes, and works on a gateway where customers may run only registered operations', async () => {
  const { client, sent } = startPage(restricted)
  const input = { policy: 'age-over-18', idempotencyKey: randomUUID() }
  const { data } = await client.mutation(CreateShareRequest, { input }).toPromise()
  if (data?.createShareRequest.__typename !== 'CreateShareRequestSuccess') throw new Error('not created')
  const { clientSecret, shareRequest } = data.createShareRequest
  const handle = { id: readFragment(ShareRequestFields, shareRequest).id, clientSecret }

  const statuses: (string | undefined)[] = []
  const ended = new Promise<void>((resolve) => {
    client.subscription(SubscribeToShareRequest, handle).subscribe(({ data, error }) => {
      expect(error).toBeUndefined()
      statuses.push(data?.shareRequestStatus.__typename)
      if (statuses.length === 1) void client.mutation(CancelShareRequest, { input: handle }).toPromise()
      if (statuses.at(-1) === 'CancelledStatus') resolve()
    })
  })
  await ended
  expect(statuses).toEqual(['PendingStatus', 'CancelledStatus'])
  expect(sent().length).toBe(3)
  for (const { query, extensions } of sent()) {
    expect(query ?? '').toBe('')
    expect(extensions.persistedQuery).toMatchObject({ version: 1 })
  }
})

test('sends an operation that is missing from the manifest as text', async () => {
  const { client, sent } = startPage(restricted)
  const { error } = await client.query(parse('{ policies { name } }'), {}).toPromise()
  expect(error?.graphQLErrors[0]?.extensions.code).toBe('PERSISTED_QUERY_ONLY')
  expect(sent()[0].query).toContain('policies')
})
