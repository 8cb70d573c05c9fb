import { expect, test } from 'vitest'
import { connect, handleOf, prepareStage, stage } from '../support/callers.ts'
import { overHttp } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'

prepareStage()

test('an answer about another share request is rejected, also after a restart', async () => {
  const customer = connect(overHttp)
  const created = await create(customer)
  const check = async () =>
    (await customer.run(operations.check, { input: handleOf(created) })).data.checkShareRequest
  stage.sandbox.approve(created.code, 'adult')
  const fault = stage.sandbox.misbehave({ kind: 'foreign-id', code: created.code })
  const rejected = { __typename: 'UpstreamUnavailable', retryable: true }
  expect(await check()).toMatchObject(rejected)
  await stage.restartGateway()
  // The restarted gateway may be checking by itself: then a hint is answered with the pending share request.
  await expect.poll(check).toMatchObject(rejected)
  expect(stage.sandbox.calls('facts', created.code).count).toBe(0)
  expect(stage.logs.join('')).toContain('id (belongs to another share request)')
  const metrics = await (await fetch(`${stage.gateway.url}/metrics`)).text()
  expect(metrics).toMatch(/portmone_upstream_seconds_count\{call="status",result="invalid_answer"\} [1-9]/)

  stage.sandbox.clearFaults(fault)
  await expect.poll(check).toMatchObject({ status: { __typename: 'ApprovedStatus' } })
})
