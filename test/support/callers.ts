import { afterAll, beforeAll } from 'vitest'
import type { overHttp, TestClient } from './clients.ts'
import type { Created } from './operations.ts'
import { type Stage, startStage } from './stage.ts'

/** One stage for all tests of a file, and a partner key with all scopes. */
export let stage: Stage
export let key: string
const clients: TestClient[] = []

/** Call it once in a file. */
export function prepareStage() {
  beforeAll(async () => {
    stage = await startStage()
    key = await stage.partnerKey()
  })
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.dispose()))
    await stage[Symbol.asyncDispose]()
  })
}

/** A customer; with a key, a partner. Disposed at the end. */
export function connect(make: typeof overHttp, withKey?: string): TestClient {
  const client = make(stage.gateway.url, withKey)
  clients.push(client)
  return client
}

export const handleOf = ({ id, clientSecret }: Created) => ({ id, clientSecret })
export const wrongSecret = 'A'.repeat(43)
