import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ShareRequest } from '../../server/share-requests/share-request.ts'
import { overHttp, streamingTransports } from '../support/clients.ts'
import { create } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { samplePolicy } from '../unit/samples.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
  return () => stage[Symbol.asyncDispose]()
})

const purposes = `purpose en: purpose(language: "en-GB") uk: purpose(language: "uk-UA") pl: purpose(language: "pl")`
const english = expect.stringMatching(/^The law requires us to know/)
const ukrainian = expect.stringMatching(/^Закон вимагає/)
const translated = { purpose: english, en: english, uk: ukrainian, pl: english }

test.each(Object.entries(streamingTransports))(
  'a purpose is in the requested language, in a policy and in each event, over %s',
  async (_, connect) => {
    const client = connect(stage.gateway.url)
    const { data } = await client.run(`{ policy(name: "kyc-basic") { ${purposes} } }`)
    expect(data?.policy).toEqual(translated)

    const { id, clientSecret } = await create(client)
    const stream = client.subscribe(
      `subscription ($id: ID!, $clientSecret: String) {
        shareRequestStatus(id: $id, clientSecret: $clientSecret) { shareRequest { policy { ${purposes} } } }
      }`,
      { id, clientSecret },
    )
    const { value } = await stream.next()
    expect(value?.data?.shareRequestStatus).toEqual({ shareRequest: { policy: translated } })
    await client.dispose()
  },
)

const labels = `label en: label(language: "en-GB") uk: label(language: "uk-UA") pl: label(language: "pl")`
const outcome = `status { ... on ApprovedStatus { outcome { checks { name ${labels} } } } }`
const labelsOf = (name: string, en: string, uk: string) => ({ name, label: en, en, uk, pl: en })

test.each(Object.entries(streamingTransports))(
  'the checks of an outcome are in the requested language, over %s',
  async (_, connect) => {
    const client = connect(stage.gateway.url)
    const { id, clientSecret, code } = await create(client)
    const stream = client.subscribe(
      `subscription ($id: ID!, $clientSecret: String) {
        shareRequestStatus(id: $id, clientSecret: $clientSecret) { shareRequest { ${outcome} } }
      }`,
      { id, clientSecret },
    )
    await stream.next()
    stage.sandbox.approve(code, 'adult')
    const { value } = await stream.next()
    const checks = [
      labelsOf('name-proven', 'Your name is proven', 'Ваше ім’я підтверджено'),
      labelsOf('adult', 'You are an adult', 'Ви повнолітня особа'),
      labelsOf(
        'nationality-served',
        'We serve citizens of your country',
        'Ми обслуговуємо громадян вашої країни',
      ),
    ]
    expect(value?.data?.shareRequestStatus.shareRequest.status).toEqual({ outcome: { checks } })
    await client.dispose()
  },
)

test('one document can be run in another language each time', async () => {
  const client = streamingTransports.WebSocket(stage.gateway.url)
  const query = 'query ($language: String) { policy(name: "kyc-basic") { purpose(language: $language) } }'
  const inLanguage = async (variables: Record<string, unknown>) => (await client.run(query, variables)).data
  expect(await inLanguage({ language: 'uk' })).toEqual({ policy: { purpose: ukrainian } })
  expect(await inLanguage({ language: 'en' })).toEqual({ policy: { purpose: english } })
  expect(await inLanguage({ language: null })).toEqual({ policy: { purpose: english } })
  expect(await inLanguage({})).toEqual({ policy: { purpose: english } })
  await client.dispose()
})

test('Portmone gets the default text', async () => {
  const client = streamingTransports.WebSocket(stage.gateway.url)
  const { code } = await create(client)
  const consent = await (await fetch(code)).text()
  expect(consent).toContain('The law requires us to know')
  await client.dispose()
})

describe('a share request that an older gateway stored', () => {
  test('has its one purpose in every language', async () => {
    const { id } = await storedPending()
    const { purpose } = samplePolicy
    expect(await read(id, `policy { ${purposes} }`)).toEqual({
      policy: { purpose, en: purpose, uk: purpose, pl: purpose },
    })
  })

  test('labels its checks with their names, in every language', async () => {
    const { store } = stage.gateway
    const pending = await storedPending()
    const approvedAt = store.now()
    const approved: ShareRequest = {
      ...{ ...pending, state: 'APPROVED', version: 2, changedAt: approvedAt, approvedAt },
      outcome: {
        passed: true,
        checks: samplePolicy.checks.map(({ name }) => ({ name, verdict: 'PASSED' })),
      },
    }
    expect(await store.update(pending, approved, null)).toBe(true)
    const checks = [
      labelsOf('name-proven', 'Name proven', 'Name proven'),
      labelsOf('adult', 'Adult', 'Adult'),
      labelsOf('nationality-served', 'Nationality served', 'Nationality served'),
    ]
    expect(await read(pending.id, outcome)).toEqual({ status: { outcome: { checks } } })
  })
})

/** A share request as it was stored before policies had localized texts. */
async function storedPending(): Promise<ShareRequest> {
  const { store } = stage.gateway
  const id = randomUUID()
  await store.reserve({
    ...{ id, idempotencyHash: randomUUID(), inputHash: '', reference: null },
    ...{ createdBy: 'PARTNER', createdByKeyId: null },
    ...{ policy: samplePolicy, leaseMs: 60_000, limits: [] },
  })
  const later = store.now() + 600_000
  return await store.open(id, { code: `http://127.0.0.1/c/${id}`, expiresAt: later, nextWorkAt: later })
}

/** Fields of a share request, as a partner reads them. */
async function read(id: string, fields: string) {
  const client = overHttp(stage.gateway.url, await stage.partnerKey())
  const { data } = await client.run(`query ($id: ID!) { shareRequest(id: $id) { ${fields} } }`, { id })
  return data?.shareRequest
}
