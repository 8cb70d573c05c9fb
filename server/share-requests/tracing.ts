import { context, type Link, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import type { ShareRequest } from './share-request.ts'

/** All that a span of the gateway may carry: no variable, no code, no secret, no fact and no error's message. */
export interface SpanAttributes {
  'graphql.operation.type'?: string
  'graphql.operation.name'?: string
  'share_request.id'?: string
  'share_request.policy'?: string
  'share_request.state'?: string
  'share_request.version'?: number
}

const tracer = trace.getTracer('portmone-gateway')

/**
 * Does `work` in a span below the current one. What it throws passes, and marks the span by its type alone. Where no
 * tracing is set up, spans are nothing and cost next to that.
 */
export function inSpan<T>(name: string, attributes: SpanAttributes, work: () => T): T {
  return spanning(name, { attributes: { ...attributes } }, work)
}

/** Like `inSpan`, but in a separate trace with links to its callers. */
export function inNewTrace<T>(
  name: string,
  attributes: SpanAttributes,
  links: readonly Link[],
  work: () => T,
): T {
  const options = { attributes: { ...attributes }, links: [...links] }
  return context.with(ROOT_CONTEXT, () => spanning(name, options, work))
}

function spanning<T>(name: string, options: Parameters<typeof tracer.startSpan>[1], work: () => T): T {
  return tracer.startActiveSpan(name, options ?? {}, (span) => {
    if (!span.isRecording()) return work()
    const ended = () => span.end()
    const failed = (error: unknown) => {
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
      span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    }
    try {
      const result = work()
      if (result instanceof Promise) result.then(ended, failed)
      else ended()
      return result
    } catch (error) {
      failed(error)
      throw error
    }
  })
}

/** A link to the current span; empty if there is none. */
export function linksHere(): Link[] {
  const here = trace.getActiveSpan()?.spanContext()
  return here === undefined || !trace.isSpanContextValid(here) ? [] : [{ context: here }]
}

/** The attributes that a span has of a share request. */
export const spanAttributes = ({ id, policy, state, version }: ShareRequest): SpanAttributes => ({
  'share_request.id': id,
  'share_request.policy': policy.name,
  'share_request.state': state,
  'share_request.version': version,
})

/** Who waits for a check of which share request, as links for the span of that check. */
export class PendingCheckLinks {
  readonly #links = new Map<string, Set<Link>>()

  of(id: string): Link[] {
    return [...(this.#links.get(id) ?? [])]
  }

  /** Counts the current span among those that wait, until `check` is settled. */
  during<T>(id: string, check: () => Promise<T>): Promise<T> {
    const [link] = linksHere()
    if (link === undefined) return check()
    const links = this.#links.get(id) ?? new Set()
    this.#links.set(id, links.add(link))
    return check().finally(() => {
      links.delete(link)
      if (links.size === 0 && this.#links.get(id) === links) this.#links.delete(id)
    })
  }
}
