import { randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import { policyName } from '../contestants/sample.ts'
import { type Handle, named, operations, type SendBy, type ShareRequestAnswer } from '../operations.ts'

type Variables = Record<string, unknown>

/** The result of one run. */
export interface HttpRun {
  seconds: number
}

/** A keep-alive HTTP client of one contestant. Each of its `connections` carries one request at a time. */
export class HttpLoad {
  readonly #pool: Pool
  readonly #connections: number
  readonly #sendBy: SendBy

  constructor(url: string, connections: number, sendBy: SendBy = 'text') {
    this.#sendBy = sendBy
    this.#pool = new Pool(url, { connections, pipelining: 1 })
    this.#connections = connections
  }

  async create(count: number): Promise<HttpRun & { handles: Handle[] }> {
    const handles: Handle[] = []
    const run = await this.#run(count, async () => {
      const input = { policy: policyName, idempotencyKey: randomUUID() }
      const { createShareRequest } = await this.#post(operations.create, { input })
      const { clientSecret, shareRequest } = createShareRequest as {
        clientSecret: string
        shareRequest: ShareRequestAnswer
      }
      handles.push({ id: shareRequest.id, clientSecret, code: shareRequest.status.code! })
    })
    return { ...run, handles }
  }

  async read(handles: readonly Handle[], count: number): Promise<HttpRun> {
    return this.#run(count, async (number) => {
      const { id, clientSecret } = handles[number % handles.length]!
      const { shareRequest } = await this.#post(operations.read, { id, clientSecret })
      if ((shareRequest as ShareRequestAnswer | null)?.id !== id) throw new Error(`${id} was not found.`)
    })
  }

  /** Sends a hint for each. One that meets a check in progress is answered before that check has ended. */
  async check(handles: readonly Handle[]): Promise<HttpRun> {
    return this.#run(handles.length, async (number) => {
      const { id, clientSecret } = handles[number]!
      const { checkShareRequest } = await this.#post(operations.check, { input: { id, clientSecret } })
      const { status } = checkShareRequest as Partial<ShareRequestAnswer>
      if (status === undefined) throw new Error(`${id} was not found.`)
    })
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  async #run(count: number, request: (number: number) => Promise<void>): Promise<HttpRun> {
    let next = 0
    const begin = performance.now()
    const oneByOne = async () => {
      while (next < count) await request(next++)
    }
    await Promise.all(Array.from({ length: this.#connections }, oneByOne))
    return { seconds: (performance.now() - begin) / 1000 }
  }

  async #post(query: string, variables: Variables): Promise<Record<string, unknown>> {
    const { body } = await this.#pool.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ ...named(query, this.#sendBy), variables }),
    })
    const text = await body.text()
    const { data, errors } = JSON.parse(text) as { data?: Record<string, unknown>; errors?: unknown }
    if (errors !== undefined || data == null) throw new Error(`A request of the load failed: ${text}`)
    return data
  }
}
