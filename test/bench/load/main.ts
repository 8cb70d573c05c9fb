/** The load generator: a separate process that is controlled over IPC. */
import type { Handle, SendBy } from '../operations.ts'
import { answerParent } from '../process/rpc.ts'
import { ChangeConsumers } from './changes.ts'
import { HttpLoad } from './http.ts'
import { Sockets } from './sockets.ts'
import { type VerificationRun, verify } from './verifications.ts'

let http: HttpLoad | undefined
let sockets = new Sockets()
let consumers = new ChangeConsumers()

const target = () => {
  if (http === undefined) throw new Error('Aim the load at a server first.')
  return http
}

const handlers = {
  async aim(url: string, connections: number, sendBy: SendBy): Promise<void> {
    await http?.close()
    http = new HttpLoad(url, connections, sendBy)
  },
  create: (count: number) => target().create(count),
  read: (handles: Handle[], count: number) => target().read(handles, count),
  check: (handles: Handle[]) => target().check(handles),
  verify: (run: VerificationRun) => verify(run),
  openSockets: (url: string, handles: Handle[], count: number, sendBy: SendBy) =>
    sockets.open(url, handles, count, sendBy),
  completed: (ids: string[]) => sockets.completed(ids),
  openConsumers: (url: string, key: string, count: number) => consumers.open(url, key, count),
  receivedChanges: (count: number) => consumers.received(count),
  async closeSockets(): Promise<void> {
    await sockets.close()
    sockets = new Sockets()
    consumers.close()
    consumers = new ChangeConsumers()
  },
}

export type LoadHandlers = typeof handlers

answerParent(handlers)
// Keeps the process alive between two tasks.
const stayAlive = setInterval(() => {}, 60_000)
process.once('SIGTERM', async () => {
  clearInterval(stayAlive)
  await http?.close()
  process.exit()
})
