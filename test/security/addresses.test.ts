import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { addressOf, type Sender } from '../../server/http/addresses.ts'
import { AddressCap } from '../../server/http/connection-limits.ts'
import { networksOf } from '../../server/share-requests/networks.ts'
import { overHttp } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

const from = (remoteAddress: string | undefined, forwarded?: string): Sender => ({
  socket: { remoteAddress },
  headers: { 'x-forwarded-for': forwarded },
})

describe('the address for which a request is counted', () => {
  test.each<[string, number, string | undefined, string]>([
    ['no proxy is trusted: whatever is said is not believed', 0, '203.0.113.9', '192.0.2.1'],
    ['one proxy: it wrote the last entry', 1, '203.0.113.9', '203.0.113.9'],
    ['one proxy: what the sender made up stands before', 1, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    [
      'two proxies: the first wrote the last but one',
      2,
      '198.51.100.1, 203.0.113.9, 10.0.0.2',
      '203.0.113.9',
    ],
    ['fewer entries than proxies: the farthest that there is', 3, '203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['no header although a proxy is trusted', 1, undefined, '192.0.2.1'],
    ['no address in the header', 1, 'unknown', '192.0.2.1'],
    ['an empty entry', 1, '203.0.113.9, ', '192.0.2.1'],
    ['with a port', 1, '203.0.113.9:4711', '203.0.113.9'],
    ['IPv6 with a port', 1, '[2001:db8:1:2::9]:4711', '2001:db8:1:2::/64'],
  ])('%s', (_, trustedProxies, forwarded, expected) => {
    expect(addressOf(from('192.0.2.1', forwarded), trustedProxies)).toBe(expected)
  })

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
    ['::192.0.2.1', '0:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::ffff', '2001:db8:1:2::/64'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
    [undefined, 'unknown'],
  ])('of %s is %s', (remoteAddress, expected) => {
    expect(addressOf(from(remoteAddress), 0)).toBe(expected)
  })
})

test.each([
  ['192.0.2.1', ['192.0.2.1 × 1']],
  ['unknown', ['unknown × 1']],
  ['2001:db8:1:203::9', ['2001:db8:1:203::/64 × 1', '2001:db8:1:200::/56 × 4', '2001:db8:1:0::/48 × 16']],
  ['2001:db8:1:203::/64', ['2001:db8:1:203::/64 × 1', '2001:db8:1:200::/56 × 4', '2001:db8:1:0::/48 × 16']],
  ['2001:db8:1:2ff:ffff::', ['2001:db8:1:2ff::/64 × 1', '2001:db8:1:200::/56 × 4', '2001:db8:1:0::/48 × 16']],
])('%s counts for %j', (address, expected) => {
  expect(networksOf(address).map(({ name, allowance }) => `${name} × ${allowance}`)).toEqual(expected)
})

describe('limits by address', () => {
  let stage: Stage | undefined
  afterEach(async () => {
    await stage?.[Symbol.asyncDispose]()
    stage = undefined
  })

  const createAs = async ({ gateway }: Stage, headers: Record<string, string>) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        query: operations.create,
        variables: { input: { policy: 'kyc-basic', idempotencyKey: randomUUID() } },
      }),
    })
    return (await response.json()).data.createShareRequest
  }
  const limited = {
    __typename: 'RateLimited',
    message: expect.stringContaining('Try again in'),
    retryAfter: expect.closeTo(30, -2),
  }
  const made = { __typename: 'CreateShareRequestSuccess' }

  test('a forged X-Forwarded-For does not raise the limit', async () => {
    stage = await startStage({ config: { createsPerMinute: 2 } })
    for (const address of ['198.51.100.1', '198.51.100.2'])
      expect(await createAs(stage, { 'x-forwarded-for': address })).toMatchObject(made)
    expect(await createAs(stage, { 'x-forwarded-for': '198.51.100.3' })).toMatchObject(limited)
  })

  test('behind a trusted proxy each sender has its own limit, and forged entries are ignored', async () => {
    stage = await startStage({ config: { createsPerMinute: 2, trustedProxies: 1 } })
    for (const made_up of ['198.51.100.1', '198.51.100.2'])
      expect(await createAs(stage, { 'x-forwarded-for': `${made_up}, 203.0.113.9` })).toMatchObject(made)
    expect(await createAs(stage, { 'x-forwarded-for': '198.51.100.3, 203.0.113.9' })).toMatchObject(limited)
    expect(await createAs(stage, { 'x-forwarded-for': '203.0.113.10' })).toMatchObject(made)
  })

  test('the holder of a /56 or /48 does not get a separate limit for each /64', async () => {
    stage = await startStage({ config: { createsPerMinute: 1, trustedProxies: 1 } })
    const createFrom = (address: string) => createAs(stage as Stage, { 'x-forwarded-for': address })
    for (let subnet = 0; subnet < 4; subnet++)
      expect(await createFrom(`2001:db8:1:20${subnet}::9`)).toMatchObject(made)
    expect(await createFrom('2001:db8:1:2ff::9')).toMatchObject(limited)
    for (let site = 3; site < 6; site++)
      for (let subnet = 0; subnet < 4; subnet++)
        expect(await createFrom(`2001:db8:1:${site}0${subnet}::9`)).toMatchObject(made)
    expect(await createFrom('2001:db8:1:700::9')).toMatchObject(limited)
    expect(await createFrom('2001:db8:2:700::9')).toMatchObject(made)
  })

  test('are explained in the log, once, if TRUSTED_PROXIES is not set', async () => {
    stage = await startStage()
    const hints = () => stage?.logs.filter((line) => line.includes('TRUSTED_PROXIES'))
    await createAs(stage, {})
    expect(hints()).toEqual([])
    await createAs(stage, { 'x-forwarded-for': '203.0.113.1' })
    await createAs(stage, { forwarded: 'for=203.0.113.2' })
    expect(hints()).toHaveLength(1)
    expect(JSON.parse(hints()?.[0] ?? '')).toMatchObject({
      level: 'warn',
      msg: expect.stringContaining('number of proxies'),
    })
    await stage[Symbol.asyncDispose]()

    stage = await startStage({ config: { trustedProxies: 1 } })
    await createAs(stage, { 'x-forwarded-for': '203.0.113.1' })
    expect(hints()).toEqual([])
  })

  test('apply to WebSockets and HTTP alike', async () => {
    stage = await startStage({ config: { streamsPerAddress: 1, trustedProxies: 1 } })
    const open = (address: string) => {
      const socket = new WebSocket(
        `${stage?.gateway.url.replace('http', 'ws')}/graphql`,
        'graphql-transport-ws',
        {
          headers: { 'x-forwarded-for': address },
        },
      )
      return new Promise<string>((resolve) => {
        socket.once('open', () => resolve('open'))
        socket.once('error', ({ message }) => resolve(message))
      })
    }
    expect(await open('203.0.113.9')).toBe('open')
    expect(await open('198.51.100.1, 203.0.113.9')).toContain('429')
    expect(await open('203.0.113.10')).toBe('open')
    for (let subnet = 0; subnet < 4; subnet++) expect(await open(`2001:db8:1:20${subnet}::9`)).toBe('open')
    expect(await open('2001:db8:1:200::a')).toContain('429')
    expect(await open('2001:db8:1:2ff::9')).toContain('429')
    expect(await open('2001:db8:1:300::9')).toBe('open')
  })

  test('are released for each network when something closes, and apply to all addresses in total', () => {
    const cap = new AddressCap(1, 6)
    const subnets = [0, 1, 2, 3].map((subnet) => `2001:db8:1:20${subnet}::/64`)
    for (const address of subnets) expect(cap.enter(address)).toBe(true)
    expect(cap.enter('2001:db8:1:2ff::/64')).toBe(false)
    cap.leave('2001:db8:1:203::/64')
    expect(cap.enter('2001:db8:1:2ff::/64')).toBe(true)
    expect([cap.enter('192.0.2.1'), cap.enter('192.0.2.2')]).toEqual([true, true])
    expect(cap.enter('192.0.2.3')).toBe(false)
    cap.leave('192.0.2.1')
    expect(cap.enter('192.0.2.3')).toBe(true)
  })

  test('each partner key has its own limit, whatever addresses it is used from', async () => {
    stage = await startStage({ config: { createsPerMinute: 2, trustedProxies: 1 } })
    const authorization = `Bearer ${await stage.partnerKey()}`
    for (const address of ['203.0.113.1', '203.0.113.2'])
      expect(await createAs(stage, { authorization, 'x-forwarded-for': address })).toMatchObject(made)
    expect(await createAs(stage, { authorization, 'x-forwarded-for': '203.0.113.3' })).toMatchObject(limited)
    const other = `Bearer ${await stage.partnerKey()}`
    expect(await createAs(stage, { authorization: other, 'x-forwarded-for': '203.0.113.1' })).toMatchObject(
      made,
    )
  })

  test('checks and cancels of one share request share one limit, whoever calls', async () => {
    stage = await startStage({ config: { checksPerMinute: 2 } })
    const customer = overHttp(stage.gateway.url)
    const partner = overHttp(stage.gateway.url, await stage.partnerKey())
    const { id, clientSecret } = await create(customer)
    const check = async () =>
      (await customer.run(operations.check, { input: { id, clientSecret } })).data.checkShareRequest
    expect(await check()).toMatchObject({ __typename: 'ShareRequest' })
    expect((await partner.run(operations.check, { input: { id } })).data.checkShareRequest).toMatchObject({
      __typename: 'ShareRequest',
    })
    expect(await check()).toMatchObject(limited)
    const cancel = await customer.run(operations.cancel, { input: { id, clientSecret } })
    expect(cancel.data.cancelShareRequest).toMatchObject({ __typename: 'RateLimited' })
    // Other share requests are not affected, and a caller without the secret learns nothing.
    const other = await create(customer)
    const { id: otherId, clientSecret: otherSecret } = other
    const input = { id: otherId, clientSecret: otherSecret }
    expect((await customer.run(operations.check, { input })).data.checkShareRequest.__typename).toBe(
      'ShareRequest',
    )
    const stranger = await customer.run(operations.check, { input: { id, clientSecret: otherSecret } })
    expect(stranger.data.checkShareRequest.__typename).toBe('ShareRequestNotFound')
  })
})
