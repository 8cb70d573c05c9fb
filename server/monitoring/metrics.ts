import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CircuitState, UpstreamMonitor } from '../portmone/monitor.ts'
import { IdentityServiceError } from '../share-requests/identity-service.ts'
import type { Monitor } from '../share-requests/monitor.ts'
import { StoreUnavailable } from '../share-requests/store.ts'
import type { Logger } from './log.ts'
import { LogLimiter } from './log-limiter.ts'
import { Refusals } from './refusals.ts'

/** Gauges, read when the metrics are scraped. */
export interface Gauges {
  /** Subscriptions that are open. */
  subscribers(): number
  sockets(): number
  /** Pending share requests by policy; called at most every five seconds. */
  pending(): Promise<ReadonlyMap<string, number>>
}

/** Milliseconds for which a count of the pending share requests holds, and for which a scrape waits for a new one. */
const pendingCount = { holds: 5_000, wait: 1_000 }

export interface Monitoring {
  registry: Registry
  monitor: Monitor
  upstream: UpstreamMonitor
  /** Counts an execution of a query or mutation, or of one event of a subscription. */
  executed(type: string, executor: string): void
  /** Counts an operation that took the fast path for persisted operations. */
  fastPathTaken(): void
  refusals: Refusals
  /** Logs why the gateway should get no traffic. */
  notReady(reason: unknown): void
  /** Logs why an operation failed. @returns the ID under which it is logged. */
  operationFailed(error: unknown): string
  /** Writes the pending counts to the log. */
  stop(): void
  /** Adds the gauges that are read from the gateway itself. */
  watch(gauges: Gauges): void
}

/** How an error is logged. A database outage has the same cause for all callers, so it needs no stack. */
const causeOf = (err: unknown) => (err instanceof StoreUnavailable ? { reason: err.message } : { err })

const circuitStates: readonly CircuitState[] = ['closed', 'half-open', 'open']

/** Turns the gateway's events into log lines and Prometheus metrics. Neither contains a fact, a code or a secret. */
export function createMonitoring(log: Logger): Monitoring {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const created = new Counter({
    name: 'portmone_share_requests_created_total',
    help: 'Share requests created at Portmone, by policy.',
    labelNames: ['policy', 'created_by'],
    registers,
  })
  const transitions = new Counter({
    name: 'portmone_share_requests_ended_total',
    help: 'Share requests that reached a terminal state, by state, policy and, for APPROVED, whether the checks passed.',
    labelNames: ['policy', 'state', 'passed'],
    registers,
  })
  const timeToApproval = new Histogram({
    name: 'portmone_time_to_approval_seconds',
    help: "Time from creation to Portmone's first reported approval.",
    labelNames: ['policy'],
    buckets: [5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600],
    registers,
  })
  const lateApprovals = new Counter({
    name: 'portmone_late_approvals_total',
    help: 'Approvals reported after the share request had ended; no facts were fetched.',
    registers,
  })
  const checksSaved = new Counter({
    name: 'portmone_checks_saved_total',
    help: 'Checks that joined one in progress and needed no request to Portmone.',
    registers,
  })
  const calls = new Histogram({
    name: 'portmone_upstream_seconds',
    help: 'Duration of HTTP requests to Portmone, by call and result.',
    labelNames: ['call', 'result'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const shortCircuited = new Counter({
    name: 'portmone_upstream_short_circuited_total',
    help: 'Calls to Portmone not sent because the circuit was open.',
    labelNames: ['call'],
    registers,
  })
  const unknownStatuses = new Counter({
    name: 'portmone_unknown_status_total',
    help: 'Unknown statuses reported by Portmone; the share request stays pending.',
    labelNames: ['status'],
    registers,
  })
  const unusableFacts = new Counter({
    name: 'portmone_unusable_facts_total',
    help: 'Facts that Portmone sent with a value the gateway cannot use, by name; they count as not shared.',
    labelNames: ['fact'],
    registers,
  })
  const circuit = new Gauge({
    name: 'portmone_circuit_state',
    help: 'State of the circuit breaker for Portmone: 1 for the current state, 0 for others.',
    labelNames: ['state'],
    registers,
  })
  const eventLatency = new Histogram({
    name: 'portmone_event_latency_seconds',
    help: 'Time from a transition to the delivery of its event to a subscriber.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  })
  const fastPath = new Counter({
    name: 'portmone_graphql_fast_path_total',
    help: 'Queries and mutations over HTTP that were sent by hash and answered without Yoga.',
    registers,
  })
  const executions = new Counter({
    name: 'portmone_graphql_executions_total',
    help: 'Executions of queries, mutations and subscription events, by operation type and executor. graphql-jit runs the operations that the gateway knows, graphql-tools all others.',
    labelNames: ['type', 'executor'],
    registers,
  })
  const failures = new Counter({
    name: 'portmone_background_failures_total',
    help: 'Failures in background tasks.',
    registers,
  })
  const factsRead = new Counter({
    name: 'portmone_facts_read_total',
    help: 'Reads of identity facts by partner keys.',
    registers,
  })
  const limited = new LogLimiter(log)
  const refusals = new Refusals(limited, registry)
  const showCircuit = (state: CircuitState) => {
    for (const other of circuitStates) circuit.set({ state: other }, other === state ? 1 : 0)
  }
  showCircuit('closed')
  const failed: Monitor['failed'] = (what, err) => {
    failures.inc()
    limited.write('error', `failed ${what}`, { what, ...causeOf(err) }, 'background failure')
  }

  return {
    registry,
    monitor: {
      created({ id, policy, createdBy }) {
        created.inc({ policy: policy.name, created_by: createdBy })
        log.info({ shareRequestId: id, policy: policy.name }, 'share request created')
      },
      approvalSeen({ id, policy, createdAt, approvedAt }) {
        timeToApproval.observe({ policy: policy.name }, ((approvedAt ?? createdAt) - createdAt) / 1000)
        log.info({ shareRequestId: id, policy: policy.name }, 'approval seen')
      },
      transition(request) {
        const { id, policy, state, version } = request
        const passed = state === 'APPROVED' ? String(request.outcome.passed) : ''
        transitions.inc({ policy: policy.name, state, passed })
        log.info({ shareRequestId: id, policy: policy.name, state, version }, 'share request ended')
      },
      erased: (id) => log.info({ shareRequestId: id }, 'share request erased'),
      lateApproval(id) {
        lateApprovals.inc()
        log.warn({ shareRequestId: id }, 'approval reported too late: the share request stays as it was')
      },
      delivered: (seconds) => eventLatency.observe(Math.max(0, seconds)),
      checkSaved: () => checksSaved.inc(),
      delayed: (id, err) =>
        limited.write(
          'warn',
          // An invalid answer must not be hidden by an outage.
          `delayed ${err instanceof IdentityServiceError ? err.reason : ''}`,
          { shareRequestId: id, reason: err.message },
          'Portmone did not answer; retrying later',
        ),
      issuerFailed: (what, shareRequestId, err) =>
        limited.write(
          'warn',
          `${what} ${err instanceof IdentityServiceError ? err.reason : ''}`,
          { what, shareRequestId, reason: err.message },
          'Portmone failed, and the caller got an error',
        ),
      factsRead(keyId, id, kinds) {
        factsRead.inc()
        log.info({ keyId, shareRequestId: id, facts: kinds.join(' ') }, 'facts read')
      },
      failed,
    },
    upstream: {
      call: (call, result, seconds) => calls.observe({ call, result }, seconds),
      shortCircuited: (call) => shortCircuited.inc({ call }),
      unknownStatus(status) {
        unknownStatuses.inc({ status })
      },
      unusableFacts(names) {
        for (const fact of names) unusableFacts.inc({ fact })
        const facts = names.join(' ')
        const message = 'Portmone sent facts that cannot be used: they count as not shared'
        limited.write('warn', `unusable facts ${facts}`, { facts }, message)
      },
      circuit: showCircuit,
    },
    fastPathTaken: () => fastPath.inc(),
    executed: (type, executor) => executions.inc({ type, executor }),
    refusals,
    notReady: (reason) => void limited.write('warn', 'not ready', causeOf(reason), 'not ready'),
    operationFailed(error) {
      const errorId = randomUUID()
      if (error instanceof StoreUnavailable)
        return limited.write(
          'error',
          'store unavailable',
          { errorId, reason: error.message },
          'database unavailable',
        ).errorId
      return limited.write(
        'error',
        `unexpected ${String(error)}`,
        { errorId, err: error },
        'unexpected error',
      ).errorId
    },
    stop: () => limited.stop(),
    watch({ subscribers, sockets, pending }) {
      new Gauge({
        name: 'portmone_subscribers',
        help: 'Open subscriptions on this gateway.',
        registers,
        collect() {
          this.set(subscribers())
        },
      })
      new Gauge({
        name: 'portmone_sockets',
        help: 'Open WebSockets on this gateway.',
        registers,
        collect() {
          this.set(sockets())
        },
      })
      let countedAt = Number.NEGATIVE_INFINITY
      new Gauge({
        name: 'portmone_share_requests_pending',
        help: 'Pending share requests by policy, for all gateways that share the store.',
        labelNames: ['policy'],
        registers,
        async collect() {
          if (performance.now() - countedAt < pendingCount.holds) return
          countedAt = performance.now()
          const counted = pending().then(
            (counts) => {
              for (const [policy, count] of counts) this.set({ policy }, count)
            },
            (error) => {
              this.reset()
              failed('counting the pending share requests', error)
            },
          )
          // A store that hangs must not delay the other metrics.
          await Promise.race([counted, pause(pendingCount.wait, undefined, { ref: false })])
        },
      })
    },
  }
}
