import { randomUUID } from 'node:crypto'
import { SimulatedClock } from './clock.ts'
import { type Customer, customerOf, exponential, lifetime, meanPending, randomFrom } from './customers.ts'
import { NaiveLoops } from './naive.ts'
import type { CountingPortmone } from './portmone.ts'
import { openWorld } from './world.ts'

export interface SimulationOptions {
  /** Share requests that are pending at any time. */
  pending: number
  /** Upstream requests per second. */
  budget: number
  minutes: number
}

/** The result of one way to learn the status, in milliseconds and microseconds of CPU. */
export interface Outcome {
  requests: number
  refused: number
  ended: number
  mostPerSecond: number
  latencies: number[]
  waits: number[]
  longestOpenWait: number
  cpuPerCheck: number
  cpuPerTick: number
}

const minute = 60_000
const seed = 20_261_124

type Play = (id: string, createdAt: number, customer: Customer) => void

/** Simulates the gateway's watcher, with or without hints. */
export async function simulateWatcher(options: SimulationOptions, hints: boolean): Promise<Outcome> {
  const { pending, budget, minutes } = options
  const world = await openWorld(budget)
  const { clock, portmone } = world
  const random = randomFrom(seed)
  const start = clock.now()
  const present: Parameters<Play>[] = []
  for (const [createdAt, customer] of presentAt(start, pending, random)) {
    clock.leap(createdAt)
    // As if the watcher had been running for long: due times are spread over the time of one round.
    present.push([await world.insert(start + random() * (pending / budget) * 1_000), createdAt, customer])
  }
  clock.leap(start)
  world.start()
  for (const [id, createdAt, customer] of present) {
    portmone.begin(id)
    world.play(id, createdAt, customer, hints)
  }
  arrive(clock, pending, random, async (customer) => {
    const id = await world.create()
    world.play(id, clock.now(), customer, hints)
  })
  await settle(clock, options)
  world.latencies.length = 0
  world.ended = 0
  const outcome = await measure(clock, portmone, minutes)
  const { latencies, ended } = world
  await world.close()
  return { ...outcome, latencies, ended, refused: 0 }
}

/** Simulates the naive loops with the same customers. */
export async function simulateNaive(options: SimulationOptions): Promise<Outcome> {
  const { pending, budget, minutes } = options
  const clock = new SimulatedClock(Date.UTC(2026, 10, 24))
  const naive = new NaiveLoops(clock, budget)
  const random = randomFrom(seed)
  for (const [createdAt, customer] of presentAt(clock.now(), pending, random))
    naive.play(randomUUID(), createdAt, customer)
  arrive(clock, pending, random, async (customer) => naive.play(randomUUID(), clock.now(), customer))
  await settle(clock, options)
  naive.latencies.length = 0
  naive.ended = 0
  naive.refused = 0
  const outcome = await measure(clock, naive.portmone, minutes)
  const { latencies, ended, refused } = naive
  return { ...outcome, latencies, ended, refused, requests: outcome.requests + refused }
}

/** CPU of a check while `pending` share requests wait and the budget is always used up. */
export async function costPerCheck(pending: number, budget: number): Promise<number> {
  const world = await openWorld(budget, { unwatchedIntervalMs: 1_000 })
  for (let made = 0; made < pending; made++) await world.insert(world.clock.now())
  world.start()
  await world.clock.runUntil(world.clock.now() + 10_000)
  const { cpuPerCheck } = await measure(world.clock, world.portmone, 0.5)
  await world.close()
  return cpuPerCheck
}

/** Customers who came before `time` and whose share request is pending then. */
function presentAt(time: number, pending: number, random: () => number): [number, Customer][] {
  const present: [number, Customer][] = []
  const gap = meanPending / pending
  for (let at = time - lifetime; at < time; at += exponential(random, gap)) {
    const customer = customerOf(random)
    if (at + Math.min(customer.answersAfter, lifetime) > time) present.push([at, customer])
  }
  return present
}

function arrive(
  clock: SimulatedClock,
  pending: number,
  random: () => number,
  come: (customer: Customer) => Promise<void>,
): void {
  const next = () => {
    void come(customerOf(random))
    clock.at(clock.now() + exponential(random, meanPending / pending), next)
  }
  clock.at(clock.now(), next)
}

/** Twice the time that the budget needs to check every pending share request once. */
const settle = (clock: SimulatedClock, { pending, budget }: SimulationOptions) =>
  clock.runUntil(clock.now() + Math.max(minute, (2 * pending * 1_000) / budget))

async function measure(clock: SimulatedClock, portmone: CountingPortmone, minutes: number) {
  portmone.startCounting()
  const cpu = clock.cpu.watcher
  const fired = clock.fired.watcher
  await clock.runUntil(clock.now() + minutes * minute)
  const spent = clock.cpu.watcher - cpu
  const { requests, checks, mostPerSecond, waits, longestOpenWait } = portmone
  return {
    ...{ requests, mostPerSecond, waits, longestOpenWait },
    cpuPerCheck: spent / checks,
    cpuPerTick: spent / (clock.fired.watcher - fired),
  }
}
