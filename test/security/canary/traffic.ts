import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { FaultInput } from '../../../portmone/sandbox/faults.ts'
import { personaIds } from '../../../portmone/sandbox/personas.ts'
import { factKinds } from '../../../server/share-requests/facts.ts'
import type { Policy } from '../../../server/share-requests/policies.ts'
import { overHttp, streamingTransports, type TestClient, transports } from '../../support/clients.ts'
import { type Created, create, everythingOf, operations } from '../../support/operations.ts'
import type { Stage } from '../../support/stage.ts'
import { followChanges } from './change-streams.ts'
import type { Recorder } from './recorder.ts'

export const everything: Policy = {
  name: 'everything',
  access: 'PUBLIC',
  purpose: 'To see where it goes.',
  facts: [...factKinds],
  checks: [{ name: 'adult', ageOver: 18 }],
  lifetime: 3600,
}

const everyFact = `query ($id: ID!) { shareRequest(id: $id) { facts {
  fullName givenName familyName dateOfBirth ageOver(years: 18) nationality
  address { street city postalCode region country } documentNumber taxNumber email phone provenAt
} } }`

/** Every way in which the sandbox can misbehave, at every call. */
const faults: FaultInput[] = (['token', 'create', 'status', 'facts'] as const).flatMap((call) => [
  ...(['unauthorized', 'server-error', 'dropped-before', 'dropped-after'] as const).map((kind) => ({
    kind,
    call,
  })),
  ...(['malformed-json', 'wrong-types'] as const).map((kind) => ({ kind, call })),
  { kind: 'rate-limited', call, retryAfter: 1 },
])
faults.push({ kind: 'unknown-status', word: 'CANARY_STATUS' }, { kind: 'facts-missing' })

interface Recorders {
  browser: Recorder
  partner: Recorder
  /** For the answers that contain facts. */
  factsReader: Recorder
}

interface Keys {
  key: string
  /** Without the scope facts:read. */
  weakKey: string
}

/** Everything that browsers and a partner do, recorded on the way. */
export class Traffic {
  /** Secrets that the browser has to know. */
  readonly browserSecrets: string[] = []
  graphiql = Buffer.alloc(0)
  readonly #stage: Stage
  readonly #by: Recorders
  readonly #keys: Keys

  constructor(stage: Stage, by: Recorders, keys: Keys) {
    this.#stage = stage
    this.#by = by
    this.#keys = keys
  }

  async run(): Promise<void> {
    await this.#visitPages()
    for (const connect of Object.values(transports)) await this.#verify(connect)
    for (const connect of Object.values(transports)) {
      const stranger = connect(this.#by.browser.url, `${this.#keys.key}x`)
      await stranger.run(operations.policies).catch(() => {})
      await stranger.dispose()
    }
    for (const fault of faults) await this.#misbehave(fault)
  }

  async #create(client: TestClient): Promise<Created> {
    const idempotencyKey = randomUUID()
    const created = await create(client, { policy: everything.name, idempotencyKey, reference: 'order-1' })
    this.browserSecrets.push(created.clientSecret, idempotencyKey)
    return created
  }

  async #visitPages(): Promise<void> {
    const { url } = this.#by.browser
    for (const path of ['/', '/brand.json', '/secure', '/healthz', '/readyz', '/nothing'])
      await (await fetch(url + path, { headers: { 'accept-encoding': 'identity' } })).text()
    const graphiql = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })
    this.graphiql = Buffer.from(await graphiql.text())
  }

  /** Verifies every persona, and ends share requests in the other ways. */
  async #verify(connect: (url: string, key?: string) => TestClient): Promise<void> {
    const { sandbox } = this.#stage
    const { key, weakKey } = this.#keys
    const customer = connect(this.#by.browser.url)
    const partner = connect(this.#by.partner.url, key)
    const reader = connect(this.#by.partner.url, weakKey)
    const factsReader = connect(this.#by.factsReader.url, key)
    for (const persona of personaIds) {
      const list = await overHttp(this.#by.partner.url, key).run(
        '{ shareRequests(first: 1) { changesCursor } }',
      )
      const created = await this.#create(customer)
      const followed = Promise.all([
        this.#follow(created),
        followChanges(this.#by, created.id, key, list.data.shareRequests.changesCursor),
      ])
      sandbox.approve(created.code, persona)
      const checked = await customer.run(operations.check, { input: handleOf(created) })
      expect(checked.data.checkShareRequest.status.__typename).toBe('ApprovedStatus')
      await followed
      for (const client of [customer, partner]) await client.run(operations.read, handleOf(created))
      // Callers who may not read the facts request them.
      for (const client of [customer, reader]) await client.run(everyFact, { id: created.id })
      await customer.run(operations.facts, handleOf(created))
      await partner.run(operations.list, {})
      await visitSecurePage(this.#by.browser, created)

      const { data, errors } = await factsReader.run(everyFact, { id: created.id })
      expect(data.shareRequest.facts.fullName).toContain('Canary')
      expect(errors ?? []).toEqual([])
    }
    const declined = await this.#create(customer)
    sandbox.decline(declined.code)
    await customer.run(operations.check, { input: handleOf(declined) })
    const cancelled = await this.#create(customer)
    await customer.run(operations.cancel, { input: handleOf(cancelled) })
    await customer.run(operations.read, { id: cancelled.id, clientSecret: 'wrong' })
    await customer.run(operations.create, {
      input: { policy: 'none', idempotencyKey: 'none', reference: 'r'.repeat(300) },
    })
    await customer.run('{ nonsense(')
    await Promise.all([customer, partner, reader, factsReader].map((client) => client.dispose()))
  }

  /** Follows `created` on every streaming transport, as a customer and as a partner, until it has ended. */
  async #follow(created: Created): Promise<void> {
    const clients = Object.values(streamingTransports).flatMap((connect) => [
      connect(this.#by.browser.url),
      connect(this.#by.partner.url, this.#keys.key),
    ])
    const all = clients.map((client) => everythingOf(client.subscribe(operations.follow, handleOf(created))))
    for (const events of await Promise.all(all)) expect(JSON.stringify(events)).toContain('ApprovedStatus')
    await Promise.all(clients.map((client) => client.dispose()))
  }

  /** A customer and a partner continue while Portmone misbehaves. */
  async #misbehave(fault: FaultInput): Promise<void> {
    const { sandbox } = this.#stage
    const customer = overHttp(this.#by.browser.url)
    const reader = overHttp(this.#by.partner.url, this.#keys.key)
    const approved = await this.#create(customer)
    const open = await this.#create(customer)
    sandbox.approve(approved.code, 'adult')
    const id = sandbox.misbehave(fault)
    const input = { policy: everything.name, idempotencyKey: randomUUID() }
    await Promise.all([
      customer.run(operations.create, { input }),
      customer.run(operations.check, { input: handleOf(approved) }),
      customer.run(operations.cancel, { input: handleOf(open) }),
    ])
    await customer.run(operations.read, handleOf(approved))
    // Portmone refuses or does not answer, so the answer has no facts and may be recorded with the partner's.
    if (fault.call === 'facts' || fault.kind === 'facts-missing')
      await reader.run(everyFact, { id: approved.id })
    sandbox.clearFaults(id)
  }
}

const handleOf = ({ id, clientSecret }: Created) => ({ id, clientSecret })

/** Opens the secure page as a browser does. */
async function visitSecurePage({ url }: Recorder, created: Created): Promise<void> {
  const body = new URLSearchParams(handleOf(created))
  const response = await fetch(`${url}/secure`, { method: 'POST', body, redirect: 'manual' })
  const cookie = response.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  await (await fetch(`${url}/secure`, { headers: { cookie } })).text()
}
