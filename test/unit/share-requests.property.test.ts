import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqliteStore } from '../../server/store/index.ts'
import { invariants } from './invariants.ts'
import { type Action, Simulation } from './simulation.ts'

const seed = Number(process.env.PROPERTY_SEED ?? 20_260_726)
const numRuns = Number(process.env.PROPERTY_RUNS ?? 300)

/** In memory if the system has such a folder, because a run waits for the disk many times. */
const base = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'simulation-'))
const empty = join(base, 'empty')

beforeAll(async () => {
  await (await openSqliteStore({ dataDir: empty })).close()
})
afterAll(() => rmSync(base, { recursive: true }))

const request = fc.integer({ min: 0, max: 2 })
const key = fc.integer({ min: 0, max: 2 })
const call = fc.constantFrom('status' as const, 'facts' as const, 'create' as const)
const milliseconds = fc.constantFrom(0, 60, 500, 1_000, 2_000, 5_000, 12_000, 20_000, 65_000)
/** Milliseconds by which the system's clock is set forward or back. */
const steps = [-3_600_000, -40_000, 40_000, 3_600_000]
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('pass' as const), milliseconds }) },
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constantFrom(
        'hint',
        'hint',
        'cancel',
        'subscribe',
        'subscribe',
        'approve',
        'approve',
        'decline',
      ),
      request,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('step' as const), milliseconds: fc.constantFrom(...steps) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('create' as const), key }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('break', 'mend'), call }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('leave', 'stop', 'kill') }) },
)

test('the promises are kept, whatever happens in whatever order', async () => {
  let runs = 0
  const ends: Record<string, number> = {}
  const property = fc.asyncProperty(
    fc.array(action, { maxLength: 30, size: 'max' }),
    fc.boolean(),
    fc.scheduler(),
    async (actions, getsWell, scheduler) => {
      const dataDir = join(base, String(runs++))
      cpSync(empty, dataDir, { recursive: true })
      const simulation = new Simulation(dataDir, scheduler)
      try {
        await simulation.run(actions, getsWell)
        expect([...simulation.recording.violations, ...invariants(simulation)]).toEqual([])
      } finally {
        rmSync(dataDir, { recursive: true })
      }
      for (const id of simulation.recording.versions.keys()) {
        const { state } = simulation.recording.stored(id)
        ends[state] = (ends[state] ?? 0) + 1
      }
    },
  )
  await fc.assert(property, { seed, numRuns })
  console.info(`${runs} runs with seed ${seed}; share requests ended ${JSON.stringify(ends)}`)
}, 300_000)
