import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { streamingTransports } from '../clients.ts'
import { type Stage, startStage } from '../stage.ts'
import { samplePolicy } from '../unit/samples.ts'
import { create } from './operations.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
  return () => stage[Symbol.asyncDispose]()
})

const purposes = `purpose en: purpose(language: "en-GB") uk: purpose(language: "uk-UA") pl: purpose(language: "pl")`
const english = expect.stringMatching(/^To open an account the law asks/)
const ukrainian = expect.stringMatching(/^Щоб відкрити рахунок/)
const translated = { purpose: english, en: english, uk: ukrainian, pl: english }

test.each(Object.entries(streamingTransports))(
  'a purpose in the language that is asked for, of a policy and in each event, over %s',
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

test('one document, another language each time', async () => {
  const client = streamingTransports.WebSocket(stage.gateway.url)
  const query = 'query ($language: String) { policy(name: "kyc-basic") { purpose(language: $language) } }'
  const inLanguage = async (variables: Record<string, unknown>) => (await client.run(query, variables)).data
  expect(await inLanguage({ language: 'uk' })).toEqual({ policy: { purpose: ukrainian } })
  expect(await inLanguage({ language: 'en' })).toEqual({ policy: { purpose: english } })
  expect(await inLanguage({ language: null })).toEqual({ policy: { purpose: english } })
  expect(await inLanguage({})).toEqual({ policy: { purpose: english } })
  await client.dispose()
})

test('Portmone is told the default text', async () => {
  const client = streamingTransports.WebSocket(stage.gateway.url)
  const { code } = await create(client)
  const consent = await (await fetch(code)).text()
  expect(consent).toContain('To open an account the law asks')
  await client.dispose()
})

test('a share request of before the translations has its one purpose in every language', async () => {
  const { store } = stage.gateway
  const id = randomUUID()
  await store.reserve({
    ...{ id, idempotencyHash: randomUUID(), inputHash: '', reference: null, createdBy: 'PARTNER' },
    ...{ policy: samplePolicy, lease: 60_000 },
  })
  const later = store.now() + 600_000
  await store.open(id, { code: 'http://127.0.0.1/c/abc', expiresAt: later, nextWorkAt: later })
  const client = streamingTransports.WebSocket(stage.gateway.url, await stage.partnerKey())
  const { data } = await client.run(`query ($id: ID!) { shareRequest(id: $id) { policy { ${purposes} } } }`, {
    id,
  })
  const { purpose } = samplePolicy
  expect(data?.shareRequest).toEqual({ policy: { purpose, en: purpose, uk: purpose, pl: purpose } })
  await client.dispose()
})
