import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stage, startStage } from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

/**
 * Audits of what a server may do on GET. The gateway answers operations on POST only, to keep secrets out of URLs. Each of
 * these audits expects 200 and gets 405.
 */
const onGet = new Set(['5A70', 'D6D5', '6A70'])

const audits = serverAudits({ url: () => `${stage.gateway.url}/graphql` })

test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
  'GraphQL over HTTP, audit %s: %s',
  async (id, _name, audit) => {
    const result = await audit.fn()
    if (!onGet.has(id)) return expect(result).toMatchObject({ status: 'ok' })
    expect(result).toMatchObject({ status: 'notice', reason: 'Response status code is not 200' })
    expect(result.status === 'ok' || result.response.status).toBe(405)
  },
)

test('runs every audit of graphql-http', () => {
  expect(audits.length).toBeGreaterThanOrEqual(61)
  expect([...onGet].every((id) => audits.some((audit) => audit.id === id))).toBe(true)
})
