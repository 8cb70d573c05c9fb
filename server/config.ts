import * as z from 'zod'
import { logLevels } from './monitoring/log.ts'

const seconds = (fallback: number) => z.coerce.number('give a number of seconds').min(0).default(fallback)
const count = (fallback: number) => z.coerce.number('give a number').positive().default(fallback)
const whole = (fallback: number) => z.coerce.number('give a whole number').int().min(0).default(fallback)
const flag = z.enum(['on', 'off'], 'say on or off').transform((word) => word === 'on')
const httpUrl = z.url({ protocol: /^https?$/, error: 'give an http or https URL', abort: true })
const origin = httpUrl
  .refine((url) => new URL(url).href === `${new URL(url).origin}/`, {
    error: 'give scheme, host and port alone, such as https://partner.example',
  })
  .transform((url) => new URL(url).origin)
/** A URL to which paths are added. */
const base = httpUrl
  .refine((url) => new URL(url).href === new URL(url).origin + new URL(url).pathname, {
    error: 'give a URL without credentials, query or fragment',
  })
  .transform((url) => new URL(url).href.replace(/\/+$/, ''))
const colour = z
  .string()
  .max(60)
  .regex(/^(#[0-9a-f]{3,8}|[a-z]+|[a-z]+\([\w\s.,%/+-]+\))$/i, 'give a colour of CSS, such as #2f5fb3')
const list = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
  )

const weakSecret = 'give at least 32 random characters, such as openssl rand -base64 32 prints'
const partnersOwn = 'Portmone gives it to a Partner'

/** Whether `secret` may be random: no few characters over and over, and no word that samples are written with. */
function isRandom(secret: string): boolean {
  const isRepeated = `${secret}${secret}`.indexOf(secret, 1) < secret.length
  return (
    new Set(secret).size >= 8 &&
    !isRepeated &&
    !/change.?me|example|password|your.?secret|replace/i.test(secret)
  )
}

/** Every variable of the environment that the gateway reads, what it must be, and what it is for. */
const Environment = z.object({
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  PORT: z.coerce
    .number('give a port number')
    .int()
    .min(0)
    .max(65_535)
    .default(4000)
    .describe('port to listen on; 0 takes a free one'),
  PUBLIC_URL: origin
    .optional()
    .describe(
      'origin under which browsers reach the gateway, if a proxy stands before it; https turns on HSTS and secure cookies',
    ),
  TRUSTED_PROXIES: whole(0).describe('proxies before the gateway whose X-Forwarded-For is believed'),
  ALLOWED_ORIGINS: list
    .pipe(z.array(origin))
    .describe('other origins whose pages may use the API, with commas between'),
  GATEWAY_SECRET: z
    .string(weakSecret)
    .min(32, { error: weakSecret, abort: true })
    .refine(isRandom, `this one can be guessed; ${weakSecret}`)
    .describe('at least 32 random characters; every clientSecret is made from it'),
  PORTMONE_URL: base.describe('URL of the Portmone Service, with its path if it has one'),
  PORTMONE_BROWSER_ORIGIN: origin
    .optional()
    .describe('origin of the Portmone Service as browsers reach it (default: that of PORTMONE_URL)'),
  PORTMONE_CLIENT_ID: z
    .string(partnersOwn)
    .min(1, partnersOwn)
    .describe("the Partner's credentials at Portmone"),
  PORTMONE_CLIENT_SECRET: z
    .string(partnersOwn)
    .min(1, partnersOwn)
    .describe("the Partner's credentials at Portmone"),
  POLICIES_FILE: z
    .string('name a JSON file of policies')
    .min(1, 'name a JSON file of policies')
    .describe('JSON file of the policies'),
  OPERATIONS_FILES: list.describe(
    "JSON files of operations by their SHA-256, with commas between; if set, customers may run these and the page's own alone",
  ),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'give a postgres:// URL, or leave it out for the embedded store',
    })
    .optional()
    .describe('PostgreSQL that several gateways share; without it the store is embedded'),
  DATA_DIR: z.string().default('.data').describe('folder of the embedded store'),
  UPSTREAM_BUDGET: count(50).describe('requests to Portmone per second, of all gateways together'),
  EXPIRY_GRACE: seconds(60).describe(
    'seconds after the deadline for which an unreachable Portmone is waited for',
  ),
  FACTS_HORIZON: seconds(900).describe(
    'seconds after the approval for which facts that can not be had are tried for',
  ),
  RETENTION: z.coerce
    .number('give a number of seconds')
    .min(60, 'give at least 60 seconds, in which a page can show how it ended')
    .default(30 * 86_400)
    .describe('seconds that an ended share request is kept'),
  SECURE_PAGE_WINDOW: z.coerce
    .number('give a number of seconds')
    .min(10, 'give at least 10 seconds, in which a browser can open the page')
    .default(300)
    .describe('seconds after a passed verification for which it opens the secure page'),
  CREATES_PER_MINUTE: count(30).describe('share requests that one address or partner key may create'),
  CHECKS_PER_MINUTE: count(30).describe('checks and cancels of one share request'),
  STREAMS_PER_ADDRESS: count(1_000).describe('sockets and event streams that one address may have open'),
  OPERATIONS_PER_SOCKET: count(100).describe(
    'operations and subscriptions that may run on one socket at once',
  ),
  SOCKET_INIT_TIMEOUT: seconds(10).describe('seconds that a socket has to say who it is'),
  UNSENT_BYTES: count(1_000_000).describe('bytes that may wait for a slow reader before it is cut off'),
  GRAPHIQL: flag.default(false).describe('GraphiQL at /graphql'),
  INTROSPECTION: z
    .enum(['everyone', 'partners'], 'say everyone or partners')
    .default('partners')
    .describe('who may ask for the schema: everyone, or partners'),
  METRICS: flag.default(true).describe('Prometheus metrics at /metrics'),
  LOG_LEVEL: z
    .enum(logLevels, `say one of ${logLevels.join(', ')}`)
    .default('info')
    .describe(`one of ${logLevels.join(', ')}`),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .describe('collector that takes traces by OTLP over HTTP; without it there is no tracing'),
  BRAND_NAME: z
    .string()
    .trim()
    .min(1, 'give a name')
    .max(60)
    .default('Verification')
    .describe('name of the partner on the page'),
  BRAND_ACCENT: colour.optional().describe('colour of the page, as CSS has it'),
  BRAND_LOGO: z.string().optional().describe('image file of the logo: svg, png, webp or jpg'),
  SHUTDOWN_GRACE: seconds(10).describe('seconds that a stop lets requests under way end'),
})

/** A variable of the environment: what it is for, and what holds where it is not set. */
export interface Variable {
  name: string
  description: string
  /** Null where there is no default. */
  fallback: string | null
  needed: boolean
}

export const variables: readonly Variable[] = Object.entries(Environment.shape).map(([name, schema]) => {
  const unset = schema.safeParse(undefined)
  const fallback = unset.success ? formatDefault(unset.data) : ''
  return {
    name,
    description: schema.description ?? '',
    fallback: fallback === '' ? null : fallback,
    needed: !unset.success,
  }
})

function formatDefault(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return value === undefined ? '' : String(value)
}

/** The variables, a line each. */
export function describeEnvironment(): string {
  const longest = Math.max(...variables.map(({ name }) => name.length))
  const lines = variables.map(({ name, description, fallback, needed }) => {
    const otherwise = needed ? ' (needed)' : fallback === null ? '' : ` (default ${fallback})`
    return `  ${name.padEnd(longest + 2)}${description}${otherwise}`
  })
  return lines.join('\n')
}

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
  /** Where there are any, customers may run their operations and the page's own, and no other. */
  operationsFiles: string[]
  databaseUrl: string | undefined
  dataDir: string
  /** Requests to Portmone per second, of all gateways together. */
  upstreamBudget: number
  /** Milliseconds. */
  expiryGraceMs: number
  factsRetryWindowMs: number
  retentionMs: number
  securePageWindowMs: number
  shutdownGraceMs: number
  createsPerMinute: number
  checksPerMinute: number
  streamsPerAddress: number
  operationsPerSocket: number
  /** Milliseconds. */
  socketInitTimeoutMs: number
  maxUnsentBytes: number
  graphiql: boolean
  introspection: 'everyone' | 'partners'
  metrics: boolean
  logLevel: (typeof logLevels)[number]
  /** Whether there is a collector for traces; the exporter reads itself where it is. */
  tracing: boolean
  brand: { name: string; accent: string | null; logoFile: string | null }
}

/** The environment is not fit to start with. Each fault names a bad variable and its mend; the message has them all. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(faults: readonly string[], options?: ErrorOptions) {
    const lines = faults.map((fault) => `  ${fault}`)
    super(
      `The configuration can not be used. Set these variables of the environment:\n${lines.join('\n')}`,
      options,
    )
    this.problems = faults
  }
}

/** Reads the configuration from the environment. An empty variable counts as left out. Throws a ConfigError. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(given)
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues.map(({ path: [name], message }) => `${String(name)}: ${message}`),
    )
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
      browserOrigin: env.PORTMONE_BROWSER_ORIGIN ?? new URL(env.PORTMONE_URL).origin,
      clientId: env.PORTMONE_CLIENT_ID,
      clientSecret: env.PORTMONE_CLIENT_SECRET,
    },
    policiesFile: env.POLICIES_FILE,
    operationsFiles: env.OPERATIONS_FILES,
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    upstreamBudget: env.UPSTREAM_BUDGET,
    expiryGraceMs: env.EXPIRY_GRACE * 1000,
    factsRetryWindowMs: env.FACTS_HORIZON * 1000,
    retentionMs: env.RETENTION * 1000,
    securePageWindowMs: env.SECURE_PAGE_WINDOW * 1000,
    shutdownGraceMs: env.SHUTDOWN_GRACE * 1000,
    createsPerMinute: env.CREATES_PER_MINUTE,
    checksPerMinute: env.CHECKS_PER_MINUTE,
    streamsPerAddress: env.STREAMS_PER_ADDRESS,
    operationsPerSocket: env.OPERATIONS_PER_SOCKET,
    socketInitTimeoutMs: env.SOCKET_INIT_TIMEOUT * 1000,
    maxUnsentBytes: env.UNSENT_BYTES,
    graphiql: env.GRAPHIQL,
    introspection: env.INTROSPECTION,
    metrics: env.METRICS,
    logLevel: env.LOG_LEVEL,
    tracing: env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    brand: { name: env.BRAND_NAME, accent: env.BRAND_ACCENT ?? null, logoFile: env.BRAND_LOGO ?? null },
  }
}
