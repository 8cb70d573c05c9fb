import { expect, test, vi } from 'vitest'
import { inSpan } from '../../server/share-requests/tracing.ts'

test('without tracing, nothing waits for the result of a span', async () => {
  const result = Promise.resolve('done')
  const then = vi.spyOn(result, 'then')
  expect(inSpan('test', {}, () => result)).toBe(result)
  expect(then).not.toHaveBeenCalled()
})
