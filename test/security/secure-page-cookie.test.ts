import { describe, expect, test } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { type Created, create, operations } from '../support/operations.ts'
import { gatewaySecret, type Stage, startStage } from '../support/stage.ts'

async function approved({ gateway, sandbox }: Stage): Promise<Created> {
  const customer = overHttp(gateway.url)
  const created = await create(customer)
  sandbox.approve(created.code, 'adult')
  const { id, clientSecret } = created
  await customer.run(operations.check, { input: { id, clientSecret } })
  return created
}

const enter = ({ gateway }: Stage, { id, clientSecret }: Created) =>
  fetch(`${gateway.url}/secure`, {
    method: 'POST',
    body: new URLSearchParams({ id, clientSecret }),
    redirect: 'manual',
  })
const cookieOf = (response: Response) => (response.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
const look = async ({ gateway }: Stage, cookie: string) =>
  (await fetch(`${gateway.url}/secure`, { headers: { cookie } })).status

describe('another cookie of the same name does not shadow the one of the secure page', () => {
  test.each([
    ['verified=made-up', 'first'],
    ['verified=', 'first'],
    ['verified=made-up', 'last'],
    ['verified=%ff', 'first'],
  ])('%s, %s', async (other, place) => {
    await using stage = await startStage()
    const cookie = cookieOf(await enter(stage, await approved(stage)))
    const header = place === 'first' ? `${other}; ${cookie}` : `${cookie}; ${other}`
    expect(await look(stage, header)).toBe(200)
    expect(await look(stage, other)).toBe(403)
  })

  test('a cookie whose verification did not pass opens nothing', async () => {
    await using stage = await startStage()
    const cookie = cookieOf(await enter(stage, await approved(stage)))
    const forged = cookie.replace(/=.*\./, '=someone-else.')
    expect(await look(stage, `${forged}; ${cookie}`)).toBe(200)
    expect(await look(stage, `${forged}; ${forged}`)).toBe(403)
  })
})

test('reads only the cookie that no other host can set, under TLS', async () => {
  await using stage = await startStage({ config: { publicUrl: 'https://shop.example' } })
  const cookie = cookieOf(await enter(stage, await approved(stage)))
  expect(cookie).toMatch(/^__Host-verified=/)
  expect(await look(stage, cookie)).toBe(200)
  expect(await look(stage, cookie.replace('__Host-', ''))).toBe(403)
  expect(await look(stage, cookie.replace('__Host-', '__Secure-'))).toBe(403)
})

test('gateways under two paths of one host do not overwrite each other’s cookie', async () => {
  await using stage = await startStage({ config: { publicUrl: 'https://shop.example/verify/age' } })
  expect(cookieOf(await enter(stage, await approved(stage)))).toMatch(/^__Host-verified-verify-age=/)
})

describe('after the gateway secret was rotated', () => {
  const rotated = 'rotated-gateway-secret-fedcba9876543210'

  /** A share request and a cookie signed with the old secret, on a gateway that has the new one. */
  async function rotate(previous: string | null) {
    const config = { gatewaySecret, gatewaySecretPrevious: null as string | null }
    const stage = await startStage({ config })
    const created = await approved(stage)
    const cookie = cookieOf(await enter(stage, created))
    await stage.restartGateway(() => {
      stage.config.gatewaySecret = rotated
      stage.config.gatewaySecretPrevious = previous
    })
    return { stage, created, cookie }
  }
  const read = async ({ gateway }: Stage, { id, clientSecret }: Created) =>
    (await overHttp(gateway.url).run(operations.read, { id, clientSecret })).data.shareRequest?.id

  test('accepts clientSecrets and cookies of the previous secret, and signs new ones with the new one', async () => {
    const { stage, created, cookie } = await rotate(gatewaySecret)
    await using _ = stage
    expect(await read(stage, created)).toBe(created.id)
    expect(await look(stage, cookie)).toBe(200)
    const entered = await enter(stage, created)
    expect(entered.status).toBe(303)
    const fresh = await approved(stage)
    const freshCookie = cookieOf(await enter(stage, fresh))

    await stage.restartGateway(() => {
      stage.config.gatewaySecretPrevious = null
    })
    expect(await read(stage, fresh)).toBe(fresh.id)
    for (const made of [freshCookie, cookieOf(entered)]) expect(await look(stage, made)).toBe(200)
    expect(await read(stage, created)).toBeUndefined()
    expect(await look(stage, cookie)).toBe(403)
  })

  test('accepts nothing that was signed with another secret', async () => {
    const { stage, created, cookie } = await rotate('another-gateway-secret-00112233445566')
    await using _ = stage
    expect(await read(stage, created)).toBeUndefined()
    expect(await look(stage, cookie)).toBe(403)
  })
})
