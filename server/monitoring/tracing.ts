import type { Logger } from './log.ts'

/** Traces on their way out. */
export interface Tracing {
  /** Sends what is not sent yet. */
  stop(): Promise<void>
}

const off: Tracing = { stop: async () => {} }

/**
 * Sends traces by OTLP over HTTP where the standard variable OTEL_EXPORTER_OTLP_ENDPOINT says where to; the exporter
 * reads its other variables itself. Otherwise not even the SDK is loaded. Once a process.
 */
export async function startTracing(environment: NodeJS.ProcessEnv, log: Logger): Promise<Tracing> {
  if (!environment.OTEL_EXPORTER_OTLP_ENDPOINT) return off
  const { exportTraces } = await import('./trace-export.ts')
  return exportTraces(environment, log)
}
