import * as z from 'zod'
import { describeVariables, listVariables, misspellings, readVariables } from './environment.ts'
import { logLevels } from './monitoring/log.ts'
import {
  anyOrigin,
  baseUrl,
  choice,
  count,
  cssColour,
  flag,
  hostName,
  httpUrl,
  issuedSecret,
  list,
  listenHost,
  oneLine,
  origin,
  proxyUrl,
  randomSecret,
  rate,
  returnOrigin,
  seconds,
} from './variable-types.ts'

const secret = (description: string) => ({ description, secret: true })

/** Every environment variable that the gateway reads. */
const Environment = z.object({
  HOST: listenHost.default('127.0.0.1').describe('address to listen on'),
  PORT: count(4000, { min: 0, max: 65_535 }).describe('port to listen on; 0 picks a free one'),
  PUBLIC_URL: baseUrl
    .optional()
    .describe(
      'public URL of the gateway when behind a reverse proxy, including its path if it has one; https turns on HSTS and secure cookies',
    ),
  TRUSTED_PROXIES: count(0, { min: 0, max: 10 }).describe(
    'number of trusted reverse proxies (X-Forwarded-For)',
  ),
  ALLOWED_ORIGINS: list
    .pipe(z.array(anyOrigin))
    .describe('other origins whose pages and apps may use the API, comma-separated'),
  RETURN_ORIGINS: list
    .pipe(z.array(returnOrigin))
    .describe("sites and apps to which the hosted page's `return` may lead back, comma-separated"),
  ALLOWED_HOSTS: list
    .pipe(z.array(hostName))
    .describe(
      'host names to answer for, besides loopback and HOST, while PUBLIC_URL is not set; comma-separated',
    ),
  GATEWAY_SECRET: randomSecret.meta(
    secret('at least 32 random characters; every clientSecret is derived from it'),
  ),
  GATEWAY_SECRET_PREVIOUS: randomSecret
    .optional()
    .meta(secret('GATEWAY_SECRET before a rotation: what was issued under it stays valid, nothing new is')),
  PORTMONE_URL: baseUrl.describe('URL of the Portmone Service, including its path if it has one'),
  PORTMONE_BROWSER_ORIGIN: origin
    .optional()
    .describe('origin of the Portmone Service as browsers reach it (default: that of PORTMONE_URL)'),
  PORTMONE_CLIENT_ID: oneLine.describe("the Partner's client ID at Portmone"),
  PORTMONE_CLIENT_SECRET: issuedSecret.meta(secret("the Partner's client secret at Portmone")),
  HTTPS_PROXY: proxyUrl.optional().describe('proxy for calls to an https PORTMONE_URL'),
  HTTP_PROXY: proxyUrl.optional().describe('proxy for calls to an http PORTMONE_URL'),
  NO_PROXY: z
    .string()
    .default('')
    .describe('hosts to reach without a proxy, comma-separated; loopback addresses always are'),
  POLICIES_FILE: z.string().describe('JSON file of the policies'),
  OPERATIONS_FILES: list.describe(
    "persisted-operation manifests, comma-separated; if set, customers may run only these and the page's own",
  ),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error:
        'must be a URL that starts with postgres://, its user and password percent-encoded; leave it unset to use the embedded store',
    })
    .optional()
    .meta(secret('PostgreSQL for one or more gateways; without it the store is embedded')),
  DATA_DIR: z.string().default('.data').describe('folder of the embedded store'),
  UPSTREAM_BUDGET: rate(50).describe('requests to Portmone per second, for all gateways together'),
  EXPIRY_GRACE: seconds(60).describe('seconds past the deadline to keep waiting for an unreachable Portmone'),
  FACTS_HORIZON: seconds(900, { max: 7 * 86_400 }).describe(
    'seconds after approval to keep retrying unavailable facts',
  ),
  RETENTION: seconds(30 * 86_400, { min: 60, max: 3650 * 86_400 }).describe(
    'seconds to keep a share request after it has ended',
  ),
  SECURE_PAGE_WINDOW: seconds(300, { min: 10 }).describe(
    'seconds that a passed verification opens the secure page',
  ),
  CREATES_PER_MINUTE: count(30).describe(
    'share requests that one address or partner key may create per minute',
  ),
  CHECKS_PER_MINUTE: count(30).describe('checks and cancels of one share request per minute'),
  FACTS_PER_MINUTE: count(300).describe('reads of facts with one partner key per minute'),
  MAX_CONNECTIONS: count(3_000).describe('open connections for all addresses together'),
  CONNECTIONS_PER_ADDRESS: count(400).describe(
    'open connections, and HTTP requests in progress, per address',
  ),
  STREAMS_PER_ADDRESS: count(300).describe('open WebSockets and event streams per address'),
  MAX_OPERATIONS: count(10_000).describe(
    'concurrent operations and subscriptions on the WebSockets of all addresses together',
  ),
  OPERATIONS_PER_ADDRESS: count(1_000).describe(
    'concurrent operations and subscriptions on the WebSockets of one address',
  ),
  OPERATIONS_PER_SOCKET: count(100).describe('concurrent operations and subscriptions per WebSocket'),
  REQUEST_TIMEOUT: seconds(15, { min: 1, max: 600 }).describe(
    'seconds to wait for the headers and body of an HTTP request',
  ),
  SOCKET_INIT_TIMEOUT: seconds(10, { min: 1, max: 600 }).describe('seconds to wait for connection_init'),
  UNSENT_BYTES: count(1_000_000, { min: 10_000, max: 1_000_000_000 }).describe(
    'maximum buffered bytes before a slow client is disconnected',
  ),
  GRAPHIQL: flag('off').describe('GraphiQL at /graphql'),
  INTROSPECTION: choice(['everyone', 'partners'], 'partners').describe(
    'who may introspect the schema: everyone or partners',
  ),
  METRICS: flag('on').describe('Prometheus metrics at /metrics'),
  LOG_LEVEL: choice(logLevels, 'info').describe(`one of ${logLevels.join(', ')}`),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .describe('OpenTelemetry collector for traces, by OTLP over HTTP; without it tracing is off'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl
    .optional()
    .describe('full URL for traces, instead of OTEL_EXPORTER_OTLP_ENDPOINT and /v1/traces'),
  OTEL_TRACES_EXPORTER: z.string().optional().describe('none turns tracing off'),
  OTEL_SDK_DISABLED: z.string().optional().describe('true turns tracing off'),
  BRAND_NAME: oneLine
    .max(60, 'must have at most 60 characters')
    .optional()
    .describe('name of the Partner on the page (default: the host name)'),
  BRAND_ACCENT: cssColour.optional().describe('accent colour (CSS)'),
  BRAND_LOGO: z.string().optional().describe('image file of the logo: svg, png, webp or jpg'),
  KEEP_ALIVE_TIMEOUT: seconds(70, { min: 1, max: 3_600 }).describe(
    'seconds to keep an idle HTTP connection open; must be longer than the proxy keeps it',
  ),
  SHUTDOWN_DELAY: seconds(5, { max: 3_600 }).describe(
    'seconds after SIGTERM for which /readyz fails while requests are still served',
  ),
  SHUTDOWN_GRACE: seconds(10, { max: 3_600 }).describe(
    'seconds to let in-flight requests finish on shutdown',
  ),
})

export const variables = listVariables(Environment)

/** The variables for a help text. */
export function describeEnvironment(): string {
  const files = variables.filter(({ secret }) => secret).map(({ name }) => `${name}_FILE`)
  return `${describeVariables(variables)}\n\nSecrets can be read from files instead: set ${files.join(', ')}.`
}

/** What the environment says, in the shape that the gateway's parts take: `null` or empty where it says nothing. */
export type Config = ReturnType<typeof toConfig>

/** Reads the configuration from the environment. Throws a ConfigError that lists every error. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  return toConfig(readVariables(Environment, { ...environment, ...lowerCaseProxies(environment) }))
}

/** These three are written in either case. The lower case wins, as with curl. */
const lowerCaseProxies = (environment: NodeJS.ProcessEnv) =>
  Object.fromEntries(
    ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']
      .map((name) => [name, environment[name.toLowerCase()]])
      .filter(([, value]) => value),
  )

/** Where the store is, for command-line tools that need nothing else. Throws a ConfigError. */
export function readStoreConfig(environment: NodeJS.ProcessEnv): Pick<Config, 'databaseUrl' | 'dataDir'> {
  const { DATABASE_URL, DATA_DIR } = readVariables(
    Environment.pick({ DATABASE_URL: true, DATA_DIR: true }),
    environment,
  )
  return { databaseUrl: DATABASE_URL, dataDir: DATA_DIR }
}

/** One sentence for each variable that is probably misspelled. */
export const misspelledVariables = (environment: NodeJS.ProcessEnv) => misspellings(Environment, environment)

function toConfig(env: z.output<typeof Environment>) {
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? null,
    trustedProxies: env.TRUSTED_PROXIES,
    allowedOrigins: env.ALLOWED_ORIGINS,
    returnOrigins: env.RETURN_ORIGINS,
    allowedHosts: env.ALLOWED_HOSTS,
    gatewaySecret: env.GATEWAY_SECRET,
    gatewaySecretPrevious: env.GATEWAY_SECRET_PREVIOUS ?? null,
    portmone: {
      url: env.PORTMONE_URL,
      browserOrigin: env.PORTMONE_BROWSER_ORIGIN ?? new URL(env.PORTMONE_URL).origin,
      clientId: env.PORTMONE_CLIENT_ID,
      clientSecret: env.PORTMONE_CLIENT_SECRET,
    },
    proxy: { https: env.HTTPS_PROXY, http: env.HTTP_PROXY, except: env.NO_PROXY },
    policiesFile: env.POLICIES_FILE,
    operationsFiles: env.OPERATIONS_FILES,
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    upstreamBudget: env.UPSTREAM_BUDGET,
    expiryGraceMs: env.EXPIRY_GRACE * 1000,
    factsRetryWindowMs: env.FACTS_HORIZON * 1000,
    retentionMs: env.RETENTION * 1000,
    securePageWindowMs: env.SECURE_PAGE_WINDOW * 1000,
    keepAliveTimeoutMs: env.KEEP_ALIVE_TIMEOUT * 1000,
    shutdownDelayMs: env.SHUTDOWN_DELAY * 1000,
    shutdownGraceMs: env.SHUTDOWN_GRACE * 1000,
    createsPerMinute: env.CREATES_PER_MINUTE,
    checksPerMinute: env.CHECKS_PER_MINUTE,
    factsPerMinute: env.FACTS_PER_MINUTE,
    maxConnections: env.MAX_CONNECTIONS,
    connectionsPerAddress: env.CONNECTIONS_PER_ADDRESS,
    streamsPerAddress: env.STREAMS_PER_ADDRESS,
    maxOperations: env.MAX_OPERATIONS,
    operationsPerAddress: env.OPERATIONS_PER_ADDRESS,
    operationsPerSocket: env.OPERATIONS_PER_SOCKET,
    requestTimeoutMs: env.REQUEST_TIMEOUT * 1000,
    socketInitTimeoutMs: env.SOCKET_INIT_TIMEOUT * 1000,
    maxUnsentBytes: env.UNSENT_BYTES,
    graphiql: env.GRAPHIQL,
    introspection: env.INTROSPECTION,
    metrics: env.METRICS,
    logLevel: env.LOG_LEVEL,
    brand: {
      name: env.BRAND_NAME ?? null,
      accent: env.BRAND_ACCENT ?? null,
      logoFile: env.BRAND_LOGO ?? null,
    },
  }
}
