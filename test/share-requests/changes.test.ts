import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodeChangeCursor } from '../../server/schema/change-cursor.ts'
import { connect, key, prepareStage, stage } from '../support/callers.ts'
import { overHttp, type Result, streamingTransports, transports } from '../support/clients.ts'
import { cancel, create } from '../support/operations.ts'

prepareStage()

const changes = `subscription ($filter: ShareRequestFilter, $after: String) {
  shareRequestChanges(filter: $filter, after: $after) {
    cursor
    shareRequest { id reference status { __typename version } history { __typename } }
  }
}`

const cursorNow = async (): Promise<string> => {
  const { data } = await connect(overHttp, key).run('{ shareRequests(first: 1) { changesCursor } }')
  return data.shareRequests.changesCursor
}

/** The next change, as id, type and version. */
async function nextOf(stream: AsyncIterator<Result>) {
  const { value } = await stream.next()
  expect(value.errors).toBeUndefined()
  const { cursor, shareRequest } = value.data.shareRequestChanges
  const { id, status } = shareRequest
  return { cursor, change: [id, status.__typename, status.version] }
}

describe.each(Object.entries(streamingTransports))('shareRequestChanges over %s', (_, make) => {
  test('sends each creation and each change of status that matches, in order', async () => {
    const reference = randomUUID()
    const after = await cursorNow()
    const stream = connect(make, key).subscribe(changes, { filter: { reference }, after })
    const customer = connect(overHttp)
    await create(customer)
    const created = await create(customer, { reference })
    expect((await nextOf(stream)).change).toEqual([created.id, 'PendingStatus', 1])
    await cancel(customer, created)
    expect((await nextOf(stream)).change).toEqual([created.id, 'CancelledStatus', 2])
    await stream.return?.()
  })

  test('replays what was missed, each change as it was, and goes on', async () => {
    const reference = randomUUID()
    const after = await cursorNow()
    const customer = connect(overHttp)
    const missed = await create(customer, { reference })
    await cancel(customer, missed)
    const first = connect(make, key).subscribe(changes, { filter: { reference }, after })
    const pending = await nextOf(first)
    expect(pending.change).toEqual([missed.id, 'PendingStatus', 1])
    await first.return?.()

    const second = connect(make, key).subscribe(changes, { filter: { reference }, after: pending.cursor })
    expect((await nextOf(second)).change).toEqual([missed.id, 'CancelledStatus', 2])
    const later = await create(customer, { reference })
    expect((await nextOf(second)).change).toEqual([later.id, 'PendingStatus', 1])
    await second.return?.()
  })

  test('filters by the status that the change led to', async () => {
    const reference = randomUUID()
    const filter = { reference, status: ['CANCELLED'], policy: 'kyc-basic' }
    const stream = connect(make, key).subscribe(changes, { filter, after: await cursorNow() })
    const customer = connect(overHttp)
    const created = await create(customer, { reference })
    await cancel(customer, created)
    expect((await nextOf(stream)).change).toEqual([created.id, 'CancelledStatus', 2])
    await stream.return?.()
  })

  test('begins now without a cursor', async () => {
    const reference = randomUUID()
    const customer = connect(overHttp)
    await create(customer, { reference })
    const stream = connect(make, key).subscribe(changes, { filter: { reference } })
    const first = nextOf(stream)
    let isOpen = false
    while (!isOpen) isOpen = stage.gateway.subscribers > 0 || (await cursorNow()) === ''
    const created = await create(customer, { reference })
    expect((await first).change).toEqual([created.id, 'PendingStatus', 1])
    await stream.return?.()
  })

  test('ends within a second when its key is revoked', async () => {
    const revoked = await stage.partnerKey(['share-requests:read'])
    const created = await create(connect(overHttp))
    const client = make(stage.gateway.url, revoked)
    const stream = client.subscribe(changes, { after: await cursorBefore(created.id) })
    await nextOf(stream)
    const ended = stream.next().then(
      () => 'completed',
      () => 'cut off',
    )
    const start = performance.now()
    await stage.gateway.store.revokePartnerKey(revoked.split('_')[1] ?? '', stage.gateway.store.now())
    expect(await ended).toBe('cut off')
    expect(performance.now() - start).toBeLessThan(1_000)
    await client.dispose()
  })

  test.each([
    ['nonsense', 'BAD_USER_INPUT', /Pass the cursor of a change/],
    [
      encodeChangeCursor({ position: 999_999_999, changedAt: null }),
      'CURSOR_EXPIRED',
      /List the share requests anew/,
    ],
  ])('refuses the cursor %s and says what to do', async (after, code, message) => {
    const { errors } = await connect(make, key).run(changes, { after })
    expect(errors?.[0]?.extensions?.code).toBe(code)
    expect(errors?.[0]?.message).toMatch(message)
  })

  test('refuses a filter that no text can match', async () => {
    const { errors } = await connect(make, key).run(changes, { filter: { reference: '\u0000' } })
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
  })
})

/** The cursor of the change before the latest one, which must be about `id`. */
async function cursorBefore(id: string): Promise<string> {
  const { store } = stage.gateway
  const cursor = { position: (await store.lastChange()).position - 1, changedAt: null }
  expect((await store.changesAfter(cursor, 1))?.[0]?.request.id).toBe(id)
  return encodeChangeCursor(cursor)
}

describe.each(Object.entries(transports))('the changesCursor over %s', (_, make) => {
  test('of a list leads to all that the list does not have', async () => {
    const reference = randomUUID()
    const partner = connect(make, key)
    const listed = await create(connect(overHttp), { reference })
    const { data } = await partner.run(
      `query ($filter: ShareRequestFilter) {
        shareRequests(filter: $filter) { changesCursor edges { node { id } } }
      }`,
      { filter: { reference } },
    )
    expect(data.shareRequests.edges).toEqual([{ node: { id: listed.id } }])
    const later = await create(connect(overHttp), { reference })
    const stream = connect(streamingTransports.SSE, key).subscribe(changes, {
      filter: { reference },
      after: data.shareRequests.changesCursor,
    })
    expect((await nextOf(stream)).change).toEqual([later.id, 'PendingStatus', 1])
    await stream.return?.()
  })
})
