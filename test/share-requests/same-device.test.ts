import { expect, test } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { create } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'
import { samplePolicy } from '../unit/samples.ts'

test('a policy says on which devices the customer can approve', async () => {
  const policies = [samplePolicy, { ...samplePolicy, name: 'same-device', devices: 'SAME' as const }]
  await using stage = await startStage({ policies })
  const { data } = await overHttp(stage.gateway.url).run('{ policies { name devices } }')
  expect(data.policies).toEqual([
    { name: 'kyc-basic', devices: 'ANY' },
    { name: 'same-device', devices: 'SAME' },
  ])
})

test('the phone shows the host of the page before the purpose', async () => {
  await using stage = await startStage({
    policies: [samplePolicy],
    config: { publicUrl: 'https://shop.example/verify' },
  })
  const { code } = await create(overHttp(stage.gateway.url))
  expect(await (await fetch(code)).text()).toContain(`shop.example: ${samplePolicy.purpose}`)
})
