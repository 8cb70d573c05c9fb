import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import selfsigned from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { overHttp, overSse, overWebSocket } from '../support/clients.ts'
import { create, operations, statusesOf } from '../support/operations.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { pathOf } from '../support/program.ts'
import { testPartner } from '../support/stage.ts'
import { freePort, type GatewayProcess, startGatewayProcess } from './gateways.ts'
import { requireTools, run } from './tools.ts'

requireTools({ nginx: 'nginx-light', promtool: 'prometheus' })

test('promtool accepts the alerts', async () => {
  expect(
    await run('promtool', ['check', 'rules', pathOf('deploy/prometheus/portmone-gateway.rules.yml')]),
  ).toMatch(/SUCCESS: \d+ rules found/)
})

const certificate = await selfsigned.generate([{ name: 'commonName', value: 'localhost' }], {
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
})
setDefaultCACertificates([...getCACertificates('default'), certificate.cert])

let postgres: PostgresServer
let sandbox: Sandbox
beforeAll(async () => {
  ;[postgres, sandbox] = await Promise.all([startPostgres(), startSandbox({ partners: [testPartner] })])
})
afterAll(() => Promise.all([postgres.close(), sandbox.stop()]))

describe.each(['', '/verify'])('nginx in front of two gateways, under "%s/"', (path) => {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const gateways: GatewayProcess[] = []
  let nginx: ChildProcess
  let url: string

  beforeAll(async () => {
    const port = await freePort()
    url = `https://localhost:${port}${path}`
    const databaseUrl = await postgres.createDatabase()
    for (const _ of [1, 2])
      gateways.push(
        await startGatewayProcess({
          PUBLIC_URL: url,
          TRUSTED_PROXIES: '1',
          DATABASE_URL: databaseUrl,
          GATEWAY_SECRET: 'q0W3e7R1t5Y9u2I6o4P8a0S3d7F1g5H9',
          PORTMONE_URL: sandbox.url,
          PORTMONE_CLIENT_ID: testPartner.clientId,
          PORTMONE_CLIENT_SECRET: testPartner.clientSecret,
          POLICIES_FILE: pathOf('server/share-requests/sample-policies.json'),
          CREATES_PER_MINUTE: '100000',
          SHUTDOWN_DELAY: '3',
          SHUTDOWN_GRACE: '5',
        }),
      )
    writeNginxFiles(folder, path, port, gateways)
    nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], {
      env: { PATH: `${process.env.PATH}:/usr/sbin` },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await vi.waitFor(async () => expect((await fetch(url)).status).toBe(200), 10_000)
  })
  afterAll(async () => {
    nginx.kill('SIGQUIT')
    await Promise.all([once(nginx, 'exit'), ...gateways.map((gateway) => gateway.stop())])
    rmSync(folder, { recursive: true })
  })

  test('serves the page and its files, and keeps metrics and probes inside', async () => {
    const page = await (await fetch(`${url}/`)).text()
    expect(page).toContain('<div id="root"')
    for (const internal of ['/metrics', '/readyz', '/healthz'])
      expect((await fetch(url + internal)).status, internal).toBe(404)
  })

  test.each(Object.entries({ WebSocket: overWebSocket, 'server-sent events': overSse }))(
    'a customer is verified over %s',
    async (_, connect) => {
      const customer = overHttp(url)
      const { id, clientSecret, code } = await create(customer)
      const follower = connect(url)
      const events = follower.subscribe(operations.follow, { id, clientSecret })
      // Arrives at once, not only when a buffer of the proxy is full.
      expect((await events.next()).value.data.shareRequestStatus.__typename).toBe('PendingStatus')
      sandbox.approve(code, 'adult')
      await customer.run(operations.check, { input: { id, clientSecret } })
      expect(await statusesOf(events)).toEqual([['ApprovedStatus', 2]])
      await follower.dispose()
    },
  )

  test('a rolling restart fails no request', { timeout: 120_000 }, async () => {
    const customer = overHttp(url)
    const { id, clientSecret } = await create(customer)
    let isRestarting = true
    let answered = 0
    const failures: unknown[] = []
    const ask = async () => {
      while (isRestarting)
        try {
          const { data, errors } = await customer.run(operations.read, { id, clientSecret })
          expect(errors).toBeUndefined()
          expect(data.shareRequest.status.__typename).toBe('PendingStatus')
          await create(customer)
          answered++
        } catch (error) {
          failures.push(error)
        }
    }
    const customers = Array.from({ length: 8 }, ask)
    for (const gateway of gateways) await gateway.restart()
    isRestarting = false
    await Promise.all(customers)
    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(50)
  })
})

/** deploy/nginx/portmone-gateway.conf with the ports, certificate and path of this test. */
function writeNginxFiles(
  folder: string,
  path: string,
  port: number,
  gateways: readonly GatewayProcess[],
): void {
  writeFileSync(join(folder, 'certificate.pem'), certificate.cert)
  writeFileSync(join(folder, 'certificate.key'), certificate.private, { mode: 0o600 })
  let site = readFileSync(pathOf('deploy/nginx/portmone-gateway.conf'), 'utf8')
  const replace = (from: string, to: string) => {
    expect(site.split(from), from).toHaveLength(2)
    site = site.replace(from, to)
  }
  replace('server 127.0.0.1:4001 ', `server 127.0.0.1:${gateways[0]!.port} `)
  replace('server 127.0.0.1:4002 ', `server 127.0.0.1:${gateways[1]!.port} `)
  replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
  replace('server_name verify.partner.example;', 'server_name localhost;')
  replace('/etc/nginx/certificates/verify.partner.example.pem', join(folder, 'certificate.pem'))
  replace('/etc/nginx/certificates/verify.partner.example.key', join(folder, 'certificate.key'))
  if (path !== '') {
    replace('location / {', 'location = /unused {')
    replace('location ~ ^/(metrics|readyz|healthz)$ {', 'location ~ ^/unused$ {')
    site = site.replaceAll(/^ {4}# ((?:location|\}| {4}).*)$/gm, '    $1')
    expect(site).toContain(`\n    location ${path}/ {`)
  }
  mkdirSync(join(folder, 'temporary'))
  writeFileSync(join(folder, 'site.conf'), site)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, 'temporary', name)};`,
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid ${join(folder, 'nginx.pid')};
error_log stderr warn;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  include ${join(folder, 'site.conf')};
}
`,
  )
}
