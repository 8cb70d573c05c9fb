import * as z from 'zod'
import { logLevels } from './monitoring/log.ts'

const seconds = (fallback: number) => z.coerce.number('give a number of seconds').min(0).default(fallback)
const count = (fallback: number) => z.coerce.number('give a number').positive().default(fallback)
const whole = (fallback: number) => z.coerce.number('give a whole number').int().min(0).default(fallback)
const flag = z.enum(['on', 'off'], 'say on or off').transform((word) => word === 'on')
const httpUrl = z.url({ protocol: /^https?$/, error: 'give an http or https URL' })
const origin = httpUrl.transform((url) => new URL(url).origin)
const origins = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
  )
  .pipe(z.array(origin))

/** Every variable of the environment that the gateway reads, and what it must be. */
const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number('give a port number').int().min(0).max(65_535).default(4000),
  PUBLIC_URL: origin.optional(),
  TRUSTED_PROXIES: whole(0),
  ALLOWED_ORIGINS: origins,
  GATEWAY_SECRET: z
    .string('give at least 32 random characters: openssl rand -base64 32')
    .min(32, 'give at least 32 random characters: openssl rand -base64 32'),
  PORTMONE_URL: origin,
  PORTMONE_BROWSER_ORIGIN: origin.optional(),
  PORTMONE_CLIENT_ID: z.string('Portmone gives it to a Partner').min(1, 'Portmone gives it to a Partner'),
  PORTMONE_CLIENT_SECRET: z.string('Portmone gives it to a Partner').min(1, 'Portmone gives it to a Partner'),
  POLICIES_FILE: z.string('name a JSON file of policies').min(1, 'name a JSON file of policies'),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'give a postgres:// URL, or leave it out for the embedded store',
    })
    .optional(),
  DATA_DIR: z.string().default('.data'),
  UPSTREAM_BUDGET: count(50),
  EXPIRY_GRACE: seconds(60),
  FACTS_HORIZON: seconds(900),
  RETENTION: seconds(30 * 86_400),
  CREATES_PER_MINUTE: count(30),
  CHECKS_PER_MINUTE: count(30),
  GRAPHIQL: flag.default(false),
  INTROSPECTION: z.enum(['everyone', 'partners'], 'say everyone or partners').default('partners'),
  METRICS: flag.default(true),
  LOG_LEVEL: z.enum(logLevels, `say one of ${logLevels.join(', ')}`).default('info'),
  BRAND_NAME: z.string().max(60).default('Verification'),
  BRAND_ACCENT: z.string().max(60).optional(),
  BRAND_LOGO: z.string().optional(),
  SHUTDOWN_GRACE: seconds(10),
})

export interface Config {
  host: string
  port: number
  /** Origin under which browsers reach the gateway, where that is not where it listens: behind a proxy. */
  publicUrl: string | null
  /** Proxies in front of the gateway whose X-Forwarded-For is believed. */
  trustedProxies: number
  /** Other origins whose pages may use the API. */
  allowedOrigins: string[]
  gatewaySecret: string
  portmone: { url: string; browserOrigin: string; clientId: string; clientSecret: string }
  policiesFile: string
  databaseUrl: string | undefined
  dataDir: string
  /** Requests to Portmone per second, of all gateways together. */
  upstreamBudget: number
  /** Milliseconds. */
  expiryGrace: number
  factsHorizon: number
  retention: number
  shutdownGrace: number
  createsPerMinute: number
  checksPerMinute: number
  graphiql: boolean
  introspection: 'everyone' | 'partners'
  metrics: boolean
  logLevel: (typeof logLevels)[number]
  brand: { name: string; accent: string | null; logoFile: string | null }
}

/** The environment is not fit to start with; the message names each bad variable and its mend. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** Reads the configuration from the environment. An empty variable counts as left out. Throws a ConfigError. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigError(
      `The configuration is not complete. Set these variables of the environment:\n${faults.join('\n')}`,
    )
  }
  const env = parsed.data
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? null,
    trustedProxies: env.TRUSTED_PROXIES,
    allowedOrigins: env.ALLOWED_ORIGINS,
    gatewaySecret: env.GATEWAY_SECRET,
    portmone: {
      url: env.PORTMONE_URL,
      browserOrigin: env.PORTMONE_BROWSER_ORIGIN ?? env.PORTMONE_URL,
      clientId: env.PORTMONE_CLIENT_ID,
      clientSecret: env.PORTMONE_CLIENT_SECRET,
    },
    policiesFile: env.POLICIES_FILE,
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    upstreamBudget: env.UPSTREAM_BUDGET,
    expiryGrace: env.EXPIRY_GRACE * 1000,
    factsHorizon: env.FACTS_HORIZON * 1000,
    retention: env.RETENTION * 1000,
    shutdownGrace: env.SHUTDOWN_GRACE * 1000,
    createsPerMinute: env.CREATES_PER_MINUTE,
    checksPerMinute: env.CHECKS_PER_MINUTE,
    graphiql: env.GRAPHIQL,
    introspection: env.INTROSPECTION,
    metrics: env.METRICS,
    logLevel: env.LOG_LEVEL,
    brand: { name: env.BRAND_NAME, accent: env.BRAND_ACCENT ?? null, logoFile: env.BRAND_LOGO ?? null },
  }
}
