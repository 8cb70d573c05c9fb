import type { ExecutionResult } from 'graphql'
import { expect, test } from 'vitest'
import { SocketResults, takeResult } from '../../server/websocket/socket-results.ts'

test('what graphql-ws keeps of a result holds nothing of it once it has been sent', async () => {
  const result: ExecutionResult = { data: { large: 'x' } }
  let isClosed = false
  async function* source() {
    try {
      yield result
    } finally {
      isClosed = true
    }
  }
  const results = new SocketResults(source())
  const { value: kept } = await results.next()
  expect(takeResult(kept)).toBe(result)
  expect(() => takeResult(kept)).toThrow('a second time')
  await results.return()
  expect(isClosed).toBe(true)
  expect(await results.next()).toEqual({ done: true, value: undefined })
})

test('the result of a query is passed on as it is', () => {
  const result = { data: { a: 1 } }
  expect(takeResult(result)).toBe(result)
})
