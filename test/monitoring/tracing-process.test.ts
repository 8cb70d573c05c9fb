import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { createLog } from '../../server/monitoring/log.ts'
import { startTracing } from '../../server/monitoring/tracing.ts'
import { Killable } from '../crash/process.ts'
import { overHttp } from '../support/clients.ts'

const folder = mkdtempSync(join(tmpdir(), 'tracing-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Prints every OpenTelemetry module that is loaded. */
const hook = `import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) {
  if (url.includes('@opentelemetry')) console.log('loaded ' + url)
  return next(url, context)
} })`

/** Starts the gateway as an operator does, runs one operation, and stops it. @returns its output. */
async function runGateway(env: Record<string, string>): Promise<string> {
  await using gateway = new Killable(
    'server/main.ts',
    {
      PORT: '0',
      SHUTDOWN_DELAY: '0',
      GATEWAY_SECRET: randomBytes(32).toString('base64'),
      PORTMONE_URL: 'http://127.0.0.1:9',
      PORTMONE_CLIENT_ID: 'id',
      PORTMONE_CLIENT_SECRET: 'secret',
      POLICIES_FILE: fileURLToPath(
        new URL('../../server/share-requests/sample-policies.json', import.meta.url),
      ),
      DATA_DIR: folder,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
      ...env,
    },
    /gateway listening/,
  )
  const child = gateway.spawn()
  await expect.poll(() => gateway.output, { timeout: 60_000 }).toContain('gateway listening')
  const url = /"url":"([^"]+)"/.exec(gateway.output)?.[1] ?? ''
  await overHttp(url).run('query Policies { policies { name } }')
  child.kill('SIGTERM')
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
  return gateway.output
}

test('does not load the OpenTelemetry SDK without a collector', { timeout: 90_000 }, async () => {
  const output = await runGateway({})
  expect(output).toContain('@opentelemetry/api')
  expect(output).not.toMatch(/@opentelemetry\/(?!api\/)/)
})

test('spans reach the collector that the standard variable names, before the process ends', {
  timeout: 90_000,
}, async () => {
  const received: { path: string | undefined; key: unknown; body: string }[] = []
  const collector = createServer(async (request, response) => {
    received.push({ path: request.url, key: request.headers['x-key'], body: await text(request) })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  try {
    const { port } = collector.address() as AddressInfo
    await runGateway({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=abc',
      OTEL_SERVICE_NAME: 'identity',
    })
  } finally {
    collector.close()
    collector.closeAllConnections()
  }
  expect(received.length).toBeGreaterThan(0)
  for (const { path, key } of received) expect([path, key]).toEqual(['/v1/traces', 'abc'])
  const bodies = received.map(({ body }) => body).join()
  for (const word of ['"identity"', '"query"', '"graphql.operation.name"', '"Policies"'])
    expect(bodies).toContain(word)
})

test('an unreachable collector is logged and changes nothing else', { timeout: 90_000 }, async () => {
  const output = await runGateway({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
  })
  expect(output).toContain('trace export failed')
  expect(output).toContain('gateway stopped')
})

test('sends nothing if the sampler is always_off', { timeout: 90_000 }, async () => {
  const output = await runGateway({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_TRACES_SAMPLER: 'always_off',
  })
  expect(output).not.toContain('trace export failed')
})

test.each([
  [{ OTEL_SDK_DISABLED: 'true' }, null],
  [{ OTEL_TRACES_EXPORTER: 'none' }, null],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported'],
  [
    { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc is not supported',
  ],
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER=zipkin is not supported'],
])('with %j nothing is exported, and the log says what is not supported', async (settings, reason) => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', ...settings }
  expect(await startTracing(environment, log)).toBeNull()
  if (reason === null) expect(lines).toEqual([])
  else
    expect(JSON.parse(lines.join())).toMatchObject({ level: 'warn', reason: expect.stringContaining(reason) })
})

test('traces go to OTEL_EXPORTER_OTLP_TRACES_ENDPOINT if it is set', { timeout: 90_000 }, async () => {
  const paths = new Set<string | undefined>()
  const collector = createServer((request, response) => {
    paths.add(request.url)
    request.resume().on('end', () => response.end('{}'))
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const { port } = collector.address() as AddressInfo
  await runGateway({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/custom`,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  })
  collector.close()
  collector.closeAllConnections()
  expect([...paths]).toEqual(['/custom'])
})
