import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Fragments } from '../../server/websocket/fragments.ts'
import { startTestStage } from '../support/test-stage.ts'
import { frame, rawHttp, upgrade } from './raw-clients.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

const pingIntervalMs = 12_000
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
const lastFragment = Buffer.from([0x80, 0x80, 0, 0, 0, 0])
/** `message` as a first fragment: without FIN. */
function firstFragment(message: object): Buffer {
  const fragment = frame(message)
  fragment.writeUInt8(0x01, 0)
  return fragment
}

/** An acknowledged socket whose client answers each ping. */
async function openSocket(url: string) {
  const socket = rawHttp(url, upgrade)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'data')
  socket.write(frame({ type: 'connection_init' }))
  await once(socket, 'data')
  let pings = 0
  socket.on('data', (data: Buffer) => {
    if (data[0] !== 0x89) return
    pings++
    socket.write(pong)
  })
  return { socket, pings: () => pings }
}

/** Resolves once the gateway has read everything sent so far. */
async function roundTrip(socket: Socket): Promise<void> {
  const answered = once(socket, 'data')
  socket.write(frame({ type: 'ping' }))
  await answered
}

const isOpen = (socket: Socket) => !socket.closed && !socket.readableEnded

test('closes a socket whose client answers pings but does not finish a message', async () => {
  const { gateway } = await startTestStage()
  const idle = await openSocket(gateway.url)
  const busy = await openSocket(gateway.url)
  const stuck = await openSocket(gateway.url)
  stuck.socket.write(firstFragment({ type: 'ping' }))
  const all = [idle, busy, stuck]
  for (let round = 1; round <= 3; round++) {
    // Unfinished at each ping, but another message each time.
    busy.socket.write(firstFragment({ type: 'ping' }))
    await roundTrip(idle.socket)
    vi.advanceTimersByTime(pingIntervalMs)
    await expect.poll(() => all.every(({ socket, pings }) => !isOpen(socket) || pings() >= round)).toBe(true)
    busy.socket.write(lastFragment)
    await roundTrip(busy.socket)
  }
  await expect.poll(() => isOpen(stuck.socket)).toBe(false)
  expect([idle, busy].map(({ socket, pings }) => [isOpen(socket), pings()])).toEqual([
    [true, 3],
    [true, 3],
  ])
  expect(stuck.pings()).toBe(1)
})

test('closes a socket whose client does not answer a ping, at the next one', async () => {
  const { gateway } = await startTestStage()
  const silent = rawHttp(gateway.url, upgrade)
  await once(silent, 'data')
  silent.resume()
  const closed = once(silent, 'close')
  vi.advanceTimersByTime(2 * pingIntervalMs)
  await closed
})

test.each([1, 7, 1_000])('reads frames from chunks of %d bytes', (size) => {
  const long = frame({ type: 'ping', payload: 'x'.repeat(300) })
  const huge = Buffer.alloc(14 + 70_000)
  huge.writeUInt8(0x80, 0)
  huge.writeUInt8(0x80 | 127, 1)
  huge.writeBigUInt64BE(70_000n, 2)
  const states: boolean[] = []
  const fragments = new Fragments()
  for (const sent of [long, firstFragment({ type: 'ping' }), pong, huge, pong]) {
    for (let at = 0; at < sent.length; at += size) fragments.read(sent.subarray(at, at + size))
    states.push(fragments.isMessageUnfinished)
  }
  expect(states).toEqual([false, true, true, false, false])
})
