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
import { type Partner, Partners } from './partners.ts'
import type { PersonaId } from './personas.ts'
import { phone } from './phone.ts'
import { ShareRequests } from './share-requests.ts'

export interface SandboxOptions {
  partners: readonly Partner[]
  /** 0, the default, takes a free one. */
  port?: number
  /** Default 127.0.0.1. */
  host?: string
  /** Where phones and pages reach the sandbox; the codes begin with it. Default: where it listens. */
  origin?: string
  /** SQLite file for share requests and their answers. Default: memory. */
  file?: string
  /** Seconds. Default 300. */
  tokenLifetime?: number
  /** Opens the control endpoint. Default: a random one. */
  controlToken?: string
  /** Milliseconds since the epoch. Default: the system's clock. */
  now?: () => number
  /** Is told what happens, a line each. Default: nobody. */
  log?: (line: string) => void
}

/** A running sandbox. */
export interface Sandbox extends AsyncDisposable {
  /** Where it listens. */
  url: string
  controlToken: string
  /** @returns the fault's id */
  misbehave(fault: FaultInput): string
  /** The faults that are set and still to be applied. */
  faults(): SetFault[]
  /** Clears the fault with this id; without one, all. */
  clearFaults(id?: string): void
  /** Approves like a customer with the phone. Throws an AnswerRefused where the phone could not approve. */
  approve(code: string, persona?: PersonaId): void
  decline(code: string): void
  /** How many calls of a kind have arrived; with a code, of those about it. */
  calls(kind: CallKind, code?: string): Tally
  /** Resolves as soon as `count` such calls have arrived since the start. */
  reachCalls(kind: CallKind, count: number, code?: string): Promise<void>
  /** Cuts all connections and closes the file. */
  stop(): Promise<void>
}

/** Starts our stand-in for the Portmone Service. Rejects if it can not listen or open its file. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, now = Date.now, log = () => {} } = options
  const controlToken = options.controlToken ?? randomBytes(32).toString('base64url')
  const partners = new Partners(options.partners, options.tokenLifetime ?? 300, now)
  const shareRequests = new ShareRequests(options.file ?? ':memory:', now)
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
  app.notFound((c) => problem(c, 404, 'UNKNOWN_PATH', `There is no ${c.req.method} ${c.req.path} here.`))
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse()
    // Whoever asked is gone: there is nobody to answer, and nothing wrong with the sandbox.
    if (c.env.incoming.socket.destroyed) return RESPONSE_ALREADY_SENT
    console.error(error)
    return problem(c, 500, 'INTERNAL', 'The sandbox has an error of its own. Its console says more.')
  })
  // Without the override, other servers in the same process keep the Request and Response that they know.
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
