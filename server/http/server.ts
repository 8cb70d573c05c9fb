import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { currentRequest } from '../monitoring/log.ts'
import { type ConnectionLimits, limitConnections, timeouts } from './connection-limits.ts'
import { strictTransport } from './graphql-guard.ts'
import type { Rejection } from './request-check.ts'
import { requestIdOf } from './request-id.ts'
import type { SlowReaders } from './slow-readers.ts'

/** The gateway cannot listen there. The message says why and what to do. */
export class ListenError extends Error {
  override name = 'ListenError'
}

interface HttpDeps {
  /** Why a request is rejected for its target or host; null if it is accepted. */
  checkRequest: (request: IncomingMessage) => Rejection | null
  /** Answers an operation. */
  operations: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Whether an operation may continue; if not, it has been answered. */
  acceptRequest: (request: IncomingMessage, response: ServerResponse) => boolean
  /** How long an idle connection stays open. */
  keepAliveTimeoutMs: number
  pages: { fetch: Parameters<typeof getRequestListener>[0] }
  slowReaders: Pick<SlowReaders, 'responses'>
  limits: ConnectionLimits
  /** Whether browsers reach the gateway under TLS. */
  secure: boolean
}

/** The HTTP server: operations go to GraphQL, everything else to the pages. Every answer has an `x-request-id`. */
export function createHttpServer(deps: HttpDeps) {
  const { checkRequest, operations, acceptRequest, pages, keepAliveTimeoutMs, slowReaders, limits, secure } =
    deps
  const answerPage = getRequestListener(pages.fetch, { overrideGlobalObjects: false })
  let isDraining = false
  const options = { ...timeouts(limits), shouldUpgradeCallback: isWebSocket }
  const server = createServer(options, (request, response) => {
    // So that a proxy sends its next request on another connection, before this one is closed.
    if (isDraining) response.setHeader('connection', 'close')
    const requestId = requestIdOf(request)
    response.setHeader('x-request-id', requestId)
    const leave = admit(request, response)
    if (leave === null) return
    slowReaders.responses.add(response)
    response.on('close', () => {
      leave()
      slowReaders.responses.delete(response)
    })
    currentRequest.run({ requestId }, () => void answer(request, response))
  })
  const admit = limitConnections(server, limits)
  // A proxy that sends a request on a connection which is being closed answers 502.
  server.keepAliveTimeout = keepAliveTimeoutMs
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const rejection = checkRequest(request)
    if (rejection !== null) return reject(response, rejection, secure)
    if (!isOperation(request)) return answerPage(request, response)
    return acceptRequest(request, response) && operations(request, response)
  }

  return {
    server,
    /** Resolves with the port. Throws a ListenError. */
    listen: (port: number, host: string) =>
      new Promise<number>((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)))
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
      }),
    /** Lets each connection end with its next answer, while requests are still served. */
    drain() {
      isDraining = true
    },
    /**
     * Accepts no more connections, closes those that stay idle for `idleMs`, and lets requests in progress finish for
     * `graceMs` before it cuts them off.
     */
    async close({ graceMs, idleMs }: { graceMs: number; idleMs: number }) {
      await acceptWaiting(server)
      // Unlike http.Server.close(), this keeps connections whose request has arrived but is not read yet.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
      if (idleMs === 0) server.closeIdleConnections()
      const closeIdle = setInterval(() => server.closeIdleConnections(), idleMs || 100)
      const cut = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearInterval(closeIdle)
      clearTimeout(cut)
    },
  }
}

/** Accepts the connections that the system holds for us: closing the port would reset them. */
async function acceptWaiting(server: Server): Promise<void> {
  let accepted = true
  const onConnection = () => {
    accepted = true
  }
  server.on('connection', onConnection)
  for (let turn = 0; accepted && turn < 100; turn++) {
    accepted = false
    // Runs right after the event loop has accepted connections.
    await setImmediate()
  }
  server.off('connection', onConnection)
}

function reject(response: ServerResponse, { status, message, location }: Rejection, secure: boolean): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    ...(secure && { 'strict-transport-security': strictTransport }),
    ...(location !== undefined && { location }),
  })
  response.end(message)
}

/** Other upgrades are offered, not demanded: Java's HTTP client offers `h2c` with every request over plain HTTP. */
const isWebSocket = ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket'

/** An operation, or a browser's preflight request for one. */
const isOperation = ({ method, url }: IncomingMessage) =>
  (method === 'POST' || method === 'OPTIONS') && url?.split('?', 1)[0] === '/graphql'

export function listenError(error: NodeJS.ErrnoException, port: number, host: string): ListenError {
  const why =
    error.code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is in use. Stop the program that listens there, or set PORT to another port.`
      : error.code === 'EACCES'
        ? `This user may not listen on port ${port}. Set PORT to one above 1023.`
        : `Cannot listen on ${host}:${port}: ${error.message}. Set HOST and PORT.`
  return new ListenError(why, { cause: error })
}
