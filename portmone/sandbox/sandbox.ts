import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { api } from './api.ts'
import { type CallKind, Calls, type Tally } from './calls.ts'
import { control } from './control.ts'
import { Fault, type FaultInput, Faults, type SetFault } from './faults.ts'
import { limitBody, type NodeEnv, problem } from './http.ts'
import { type SandboxPartner, SandboxPartners } from './partners.ts'
import type { PersonaId } from './personas.ts'
import { phone } from './phone.ts'
import { SandboxShareRequests } from './share-requests.ts'

export interface SandboxOptions {
  partners: readonly SandboxPartner[]
  /** 0, the default, picks a free port. */
  port?: number
  /** Default 127.0.0.1. */
  host?: string
  /** Origin at which phones and pages reach the sandbox; codes start with it. Default: where it listens. */
  origin?: string
  /** SQLite file of the share requests and their answers. Default: in memory. */
  file?: string
  /** Seconds. Default 300. */
  tokenLifetime?: number
  /** Token of the control endpoints. Default: random. */
  controlToken?: string
  /** Milliseconds since the epoch. Default: the system's clock. */
  now?: () => number
  /** Called with one line per event. Default: nothing is logged. */
  log?: (line: string) => void
}

/** A running sandbox. */
export interface Sandbox extends AsyncDisposable {
  /** Origin that it listens on. */
  url: string
  controlToken: string
  /** @returns the fault's id */
  misbehave(fault: FaultInput): string
  /** The faults that are still to be applied. */
  faults(): SetFault[]
  /** Clears the fault with this id; without one, all. */
  clearFaults(id?: string): void
  /** Approves as a customer does on the phone. Throws an AnswerError. */
  approve(code: string, persona?: PersonaId): void
  decline(code: string): void
  /** Counts the calls of a kind that have arrived; with a code, only those about it. */
  calls(kind: CallKind, code?: string): Tally
  /** Resolves as soon as `count` such calls have arrived since the start. */
  reachCalls(kind: CallKind, count: number, code?: string): Promise<void>
  /** Closes all connections and the file. */
  stop(): Promise<void>
}

/** Starts our stand-in for the Portmone Service. Rejects if it cannot listen or open its file. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, now = Date.now, log = () => {} } = options
  const controlToken = options.controlToken ?? randomBytes(32).toString('base64url')
  const partners = new SandboxPartners(options.partners, options.tokenLifetime ?? 300, now)
  const shareRequests = new SandboxShareRequests(options.file ?? ':memory:', now)
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    shareRequests.close()
    throw error
  }
  const url = urlOf(server.address() as AddressInfo)
  const origin = options.origin ?? url
  const faults = new Faults()
  const calls = new Calls()
  const stopping = new AbortController()

  const app = new Hono<NodeEnv>()
  app.use(limitBody)
  app.route('/control', control({ token: controlToken, faults, calls, shareRequests, log }))
  app.route('/', api({ partners, shareRequests, calls, faults, origin, stopping: stopping.signal, log }))
  app.route('/', phone({ partners, shareRequests, now, origin, log }))
  app.notFound((c) => problem(c, 404, 'UNKNOWN_PATH', `${c.req.method} ${c.req.path} does not exist.`))
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse()
    // The client has gone: nobody waits for an answer, and the sandbox is fine.
    if (c.env.incoming.socket.destroyed) return RESPONSE_ALREADY_SENT
    console.error(error)
    return problem(c, 500, 'INTERNAL', 'Unexpected error in the sandbox. See its console.')
  })
  // Overriding would replace Request and Response for other servers in this process, too.
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false }))

  async function stop() {
    if (!server.listening) return
    stopping.abort()
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
    shareRequests.close()
  }

  return {
    url,
    controlToken,
    misbehave: (fault) => faults.set(Fault.parse(fault)),
    faults: () => faults.list(),
    clearFaults: (id) => (id === undefined ? faults.clear() : void faults.remove(id)),
    approve: (code, persona = 'adult') => void shareRequests.answer(code, { approve: persona }),
    decline: (code) => void shareRequests.answer(code, 'decline'),
    calls: (kind, code) => calls.of(kind, code),
    reachCalls: (kind, count, code) => calls.reach(kind, count, code),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

const urlOf = ({ address, port, family }: AddressInfo) =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
