import { expect, onTestFinished, test, vi } from 'vitest'
import { overHttp, overWebSocket } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'

test('an operation that is not compiled runs without a signal of its own', async () => {
  const created: string[] = []
  class CountedAbortController extends AbortController {
    constructor() {
      super()
      created.push(new Error('created here').stack ?? '')
    }
  }
  await using stage = await startStage()
  const [http, socket] = [overHttp(stage.gateway.url), overWebSocket(stage.gateway.url)]
  const { id, clientSecret } = await create(http)
  vi.stubGlobal('AbortController', CountedAbortController)
  onTestFinished(() => void vi.unstubAllGlobals())

  expect(await http.run(operations.read, { id, clientSecret })).toMatchObject({
    data: { shareRequest: { id } },
  })
  const byReading = created.splice(0)
  const stream = socket.subscribe(operations.follow, { id, clientSecret })
  expect(await stream.next()).toMatchObject({ value: { data: { shareRequestStatus: { version: 1 } } } })
  const executions = [...byReading, ...created].filter((stack) =>
    stack.includes('/graphql/execution/Executor'),
  )
  expect(executions).toEqual([])
  new AbortController()
  expect(created).not.toEqual([])
  await socket.dispose()
})
