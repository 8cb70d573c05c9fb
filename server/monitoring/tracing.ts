import type { Logger } from './log.ts'

/** Traces on their way out. */
export interface Tracing {
  /** Sends what is not sent yet. */
  stop(): Promise<void>
}

/** Sends traces by OTLP over HTTP, once a process. Only where this is called is the SDK loaded. */
export async function startTracing(environment: NodeJS.ProcessEnv, log: Logger): Promise<Tracing> {
  const { exportTraces } = await import('./trace-export.ts')
  return exportTraces(environment, log)
}
