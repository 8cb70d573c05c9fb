import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readBody } from '../../server/http/request-body.ts'

const requestOf = (...chunks: Buffer[]) => Readable.from(chunks) as IncomingMessage

test('a body of one chunk is not copied', async () => {
  const chunk = Buffer.from('{"query":"{ __typename }"}')
  const body = await readBody(requestOf(chunk), 100)
  expect(body).toEqual(chunk)
  expect((body as Buffer).buffer).toBe(chunk.buffer)
})

test('the chunks of a body share one buffer, and keep their own bytes', async () => {
  const chunks = Array.from('{"query":"{ __typename }"}'.repeat(3), (character) => Buffer.from(character))
  const sent = Buffer.concat(chunks)
  const body = await readBody(requestOf(...chunks), sent.length)
  expect(body).toEqual(sent)
  expect((body as Buffer).buffer.byteLength).toBeLessThan(4 * sent.length)
  expect(Buffer.concat(chunks)).toEqual(sent)
})

test('a body over the limit is refused, in one chunk or in several', async () => {
  expect(await readBody(requestOf(Buffer.alloc(11)), 10)).toBe('too large')
  expect(await readBody(requestOf(Buffer.alloc(6), Buffer.alloc(5)), 10)).toBe('too large')
  expect(await readBody(requestOf(Buffer.alloc(5), Buffer.alloc(5)), 10)).toEqual(Buffer.alloc(10))
})
