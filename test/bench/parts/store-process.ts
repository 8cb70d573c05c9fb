/** The embedded store without the gateway, on the disk that the bench's gateway uses. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readPolicies } from '../../../server/share-requests/policies.ts'
import { openStore } from '../../../server/store/index.ts'
import { policyName } from '../contestants/sample.ts'
import { answerParent } from '../process/rpc.ts'

const samplePolicies = new URL('../../../server/share-requests/sample-policies.json', import.meta.url)
const policy = readPolicies(fileURLToPath(samplePolicies)).find(({ name }) => name === policyName)!
const dataDir = mkdtempSync(join(tmpdir(), 'store-bench-'))
const store = await openStore({ dataDir })
const ids: string[] = []

const handlers = {
  /** The store calls of one createShareRequest. */
  async create(count: number): Promise<void> {
    for (let made = 0; made < count; made++) {
      const id = randomUUID()
      const hashes = { idempotencyHash: randomUUID(), inputHash: randomUUID() }
      await store.reserve({
        id,
        ...hashes,
        policy,
        reference: null,
        createdBy: 'CUSTOMER',
        createdByKeyId: null,
        leaseMs: 60_000,
        limits: [{ name: 'bench', maxPerMinute: 1_000_000 }],
      })
      const expiresAt = store.now() + policy.lifetime * 1000
      await store.open(id, { code: `http://127.0.0.1/${id}`, expiresAt, nextWorkAt: store.now() + 60_000 })
      ids.push(id)
    }
  },
  /** The store calls of one shareRequest. */
  async read(count: number): Promise<void> {
    for (let read = 0; read < count; read++) await store.find(ids[read % ids.length]!)
  },
}

export type StoreHandlers = typeof handlers

answerParent(handlers)
const stayAlive = setInterval(() => {}, 60_000)
process.once('SIGTERM', async () => {
  clearInterval(stayAlive)
  await store.close()
  rmSync(dataDir, { recursive: true })
})
process.send?.({ listening: dataDir })
