import { CombinedError } from '@urql/core'
import { expect, test } from 'vitest'
import { causeOf } from './unreachable-cause.ts'

test.each([
  ['Chrome without a network', new TypeError('Failed to fetch'), 'network'],
  ['Firefox without a network', new TypeError('NetworkError when attempting to fetch resource.'), 'network'],
  ['Safari without a network', new TypeError('Load failed'), 'network'],
  ['Safari losing the network', new TypeError('The network connection was lost.'), 'network'],
  ['no answer in time', new DOMException('No answer in time', 'TimeoutError'), 'network'],
  ['Safari without an answer in time', new DOMException('Fetch is aborted', 'AbortError'), 'network'],
  [
    'another exception of the browser',
    new DOMException('The quota is exceeded', 'QuotaExceededError'),
    'server',
  ],
  ['a mistake of ours', new TypeError("Cannot read properties of undefined (reading 'fetch')"), 'server'],
  ['an API that the browser lacks', new TypeError('AbortSignal.any is not a function'), 'server'],
  ['an HTTP error', new Error('Bad Gateway'), 'server'],
])('%s', (_, networkError, cause) => {
  expect(causeOf(new CombinedError({ networkError }))).toBe(cause)
})

test('an answer with errors is an error of the server', () => {
  expect(causeOf(new CombinedError({ graphQLErrors: ['Unexpected error.'] }))).toBe('server')
})
