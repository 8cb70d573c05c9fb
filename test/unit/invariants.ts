import { isTerminal, type ShareRequest } from '../../server/share-requests/share-request.ts'
import type { UpstreamCall } from './simulated-portmone.ts'
import { settings } from './simulated-process.ts'
import type { Simulation } from './simulation.ts'

/** Every guarantee of the domain that a finished simulation broke. */
export function invariants(simulation: Simulation): string[] {
  const keys = 3
  const codes =
    simulation.portmone.codes > keys ? ['customers were asked more often than there are keys'] : []
  const faults = [...simulation.recording.versions.keys()].flatMap((id) => {
    const versions = simulation.recording.versions.get(id) ?? []
    const calls = simulation.portmone.calls.filter(({ code }) => code === id)
    const received = simulation.received.filter((request) => request.id === id)
    return [
      ...received
        .filter((request) => !isOneOf(versions, request))
        .map(({ state }) => `a subscriber got a ${state} that never was`),
      ...historyFaults(
        versions,
        simulation.recording.events.filter((event) => event.id === id).map(({ version }) => version),
      ),
      ...callFaults(calls, simulation.recording.claims.filter((claim) => claim === id).length),
      ...reasonFaults(simulation, simulation.recording.stored(id), calls),
    ]
  })
  return [...codes, ...faults]
}

const isOneOf = (versions: readonly ShareRequest[], { version, state }: ShareRequest) =>
  versions.some((stored) => stored.version === version && stored.state === state)

/** Versions increase by one, a terminal state is final, an approval decides, and every change is one event. */
function* historyFaults(versions: readonly ShareRequest[], events: readonly number[]) {
  for (const [index, request] of versions.entries()) {
    const before = versions[index - 1]
    if (before === undefined) continue
    if (isTerminal(before)) yield `${request.state} came after ${before.state}`
    if (request.version !== before.version + (isTerminal(request) ? 1 : 0))
      yield `version ${request.version} came after ${before.version}`
    const approvedAt = 'approvedAt' in before ? before.approvedAt : null
    if (approvedAt === null) continue
    if (request.state === 'APPROVED' ? request.approvedAt !== approvedAt : request.state !== 'FAILED')
      yield `an approval that was seen ended ${request.state}`
  }
  const changes = versions.flatMap(({ version }, index) =>
    version === versions[index - 1]?.version ? [] : [version],
  )
  if (events.join() !== changes.join()) yield `versions ${changes} were published as ${events}`
}

/** One call in progress at a time, and only by a process that has claimed the pending share request. */
function* callFaults(calls: readonly UpstreamCall[], claims: number) {
  if (calls.some(({ overlaps }) => overlaps)) yield 'two upstream calls were in progress at once'
  for (const kind of ['status', 'facts']) {
    const count = calls.filter((call) => call.kind === kind).length
    if (count > claims) yield `${count} ${kind} calls were made with ${claims} claims`
  }
}

/** Every terminal state has an allowed reason. */
function* reasonFaults(simulation: Simulation, request: ShareRequest, calls: readonly UpstreamCall[]) {
  const { portmone, cancels } = simulation
  const answered = (answer: UpstreamCall['answer'], askedFrom = 0) =>
    calls.some((call) => call.delivered && call.answer === answer && call.askedAt >= askedFrom)
  const { id, state, expiresAt, changedAt } = request
  switch (state) {
    case 'APPROVED':
      if (!answered('FACTS')) yield 'it is APPROVED without facts'
      break
    case 'DECLINED':
      if (portmone.answerOf(id) !== 'DECLINED') yield 'it is DECLINED, and nobody did'
      break
    case 'EXPIRED': {
      const waited = calls.some(
        ({ kind, answer, askedAt }) =>
          kind === 'status' && answer === 'FAILURE' && askedAt >= expiresAt + settings.expiryGraceMs,
      )
      if (!waited && !answered('PENDING', expiresAt)) yield 'it EXPIRED without a last check'
      break
    }
    case 'CANCELLED': {
      const isCause = ({ id: cancelled, callsBefore, approvedBefore }: (typeof cancels)[number]) =>
        cancelled === id &&
        !approvedBefore &&
        portmone.calls.slice(callsBefore).some(({ code, answer }) => code === id && answer === 'PENDING')
      if (!cancels.some(isCause)) yield 'it is CANCELLED though Portmone was not asked or knew of an approval'
      break
    }
    case 'FAILED': {
      const versions = simulation.recording.versions.get(id) ?? []
      const approvedAt = versions.flatMap((version) =>
        'approvedAt' in version ? (version.approvedAt ?? []) : [],
      )[0]
      if (approvedAt === undefined || changedAt < approvedAt + settings.factsRetryWindowMs)
        yield 'it FAILED before the retry window ended'
      break
    }
    case 'PENDING':
      yield 'it never ended'
  }
}
