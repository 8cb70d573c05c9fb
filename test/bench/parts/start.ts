import { type ContestantName, spawnContestant } from '../contestants/index.ts'
import type { Measure } from './results.ts'

/**
 * From spawning the process to its first answer to a GraphQL query. The gateway starts on an empty data folder, so its
 * migrations are included. The program's files are in the system's cache, as at any restart.
 */
export async function measureStart(name: ContestantName): Promise<Partial<Record<Measure, number>>> {
  const begin = performance.now()
  const { server, stop } = spawnContestant(name)
  try {
    const response = await fetch(`${await server.listening()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    })
    const answer = await response.text()
    const startToReady = performance.now() - begin
    if (!answer.includes('Query')) throw new Error(`The first answer of the ${name} was ${answer}.`)
    return { startToReady }
  } finally {
    await stop()
  }
}
