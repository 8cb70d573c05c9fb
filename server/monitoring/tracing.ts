import type { Logger } from './log.ts'

/** The export of traces. */
export interface Tracing {
  /** Sends the remaining spans. */
  stop(): Promise<void>
}

/**
 * Sends traces by OTLP over HTTP, if the standard variables of OpenTelemetry ask for it; once in a process. Only then
 * is the SDK loaded. @returns null if tracing is off.
 */
export async function startTracing(environment: NodeJS.ProcessEnv, log: Logger): Promise<Tracing | null> {
  if (!isTracingOn(environment)) return null
  const reason = unsupported(environment)
  if (reason !== null) {
    log.warn({ reason }, 'no traces are exported')
    return null
  }
  const { exportTraces } = await import('./trace-export.ts')
  return exportTraces(environment, log)
}

function isTracingOn(environment: NodeJS.ProcessEnv): boolean {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER } = environment
  const endpoint = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT
  const isDisabled = OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true'
  return Boolean(endpoint) && !isDisabled && OTEL_TRACES_EXPORTER?.trim() !== 'none'
}

/** Settings that are not supported. The exporter sends JSON, which every OTLP receiver over HTTP accepts. */
function unsupported(environment: NodeJS.ProcessEnv): string | null {
  const { OTEL_TRACES_EXPORTER } = environment
  const exporters = (OTEL_TRACES_EXPORTER || 'otlp').split(',').map((name) => name.trim())
  if (!exporters.includes('otlp'))
    return `OTEL_TRACES_EXPORTER=${OTEL_TRACES_EXPORTER} is not supported. Set it to otlp or none.`
  const name = environment.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL
    ? 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'
    : 'OTEL_EXPORTER_OTLP_PROTOCOL'
  const protocol = environment[name]?.trim() || 'http/json'
  return protocol.startsWith('http/')
    ? null
    : `${name}=${protocol} is not supported. Set it to http/json, and the endpoint to the collector's HTTP port, usually 4318.`
}
