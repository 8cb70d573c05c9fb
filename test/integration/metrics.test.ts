import { expect, test } from 'vitest'
import { streamingTransports } from '../clients.ts'
import { startStage } from '../stage.ts'
import { create, operations, statusesOf } from './operations.ts'

test.each(Object.entries(streamingTransports))(
  'an event over %s is timed, the status read at first is not',
  async (_, connect) => {
    await using stage = await startStage()
    const count = async () => {
      const metrics = await (await fetch(`${stage.gateway.url}/metrics`)).text()
      return Number(/^portmone_event_latency_seconds_count (\d+)$/m.exec(metrics)?.[1])
    }
    const client = connect(stage.gateway.url)
    const { id, clientSecret, code } = await create(client)
    const stream = client.subscribe(operations.follow, { id, clientSecret })
    await stream.next()
    expect(await count()).toBe(0)
    stage.sandbox.approve(code, 'adult')
    expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
    expect(await count()).toBe(1)
    await client.dispose()
  },
)
