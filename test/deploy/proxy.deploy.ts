import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import selfsigned from 'selfsigned'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Sandbox, startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { pathOf } from '../support/program.ts'
import { testPartner } from '../support/stage.ts'
import { freePort, type GatewayProcess } from './gateways.ts'
import { type ProxyProcess, startProxy, startTwoGateways, testProxiedSite } from './proxied-site.ts'
import { requireTools } from './tools.ts'

requireTools({ nginx: 'nginx-light', caddy: 'caddy' })

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
  let gateways: GatewayProcess[]
  let nginx: ProxyProcess | undefined
  let url: string

  beforeAll(async () => {
    const port = await freePort()
    url = `https://localhost:${port}${path}`
    gateways = await startTwoGateways(url, await postgres.createDatabase(), sandbox)
    writeNginxFiles(folder, path, port, gateways)
    const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;']
    nginx = await startProxy('nginx', args, {}, async () => expect((await fetch(url)).status).toBe(200))
  })
  afterAll(async () => {
    await Promise.all([nginx?.stop('SIGQUIT'), ...gateways.map((gateway) => gateway.stop())])
    rmSync(folder, { recursive: true })
  })

  testProxiedSite(() => ({ url, sandbox, gateways }))
})

describe('Caddy in front of two gateways', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caddy-'))
  let gateways: GatewayProcess[]
  let caddy: ProxyProcess | undefined
  let url: string

  beforeAll(async () => {
    const domain = `localhost:${await freePort()}`
    url = `https://${domain}`
    gateways = await startTwoGateways(url, await postgres.createDatabase(), sandbox)
    writeCaddyfile(folder, gateways)
    const args = ['run', '--config', join(folder, 'Caddyfile')]
    const env = { HOME: folder, XDG_DATA_HOME: folder, DOMAIN: domain }
    caddy = await startProxy('caddy', args, env, async () => {
      // For localhost Caddy makes a certificate authority of its own.
      const root = readFileSync(join(folder, 'caddy/pki/authorities/local/root.crt'), 'utf8')
      setDefaultCACertificates([...getCACertificates('default'), root])
      expect((await fetch(url)).status).toBe(200)
    })
  })
  afterAll(async () => {
    await Promise.all([caddy?.stop('SIGTERM'), ...gateways.map((gateway) => gateway.stop())])
    rmSync(folder, { recursive: true })
  })

  testProxiedSite(() => ({ url, sandbox, gateways }))
})

/** deploy/Caddyfile with the gateways of this test. It leaves port 80 and the machine's certificates alone. */
function writeCaddyfile(folder: string, gateways: readonly GatewayProcess[]): void {
  const file = readFileSync(pathOf('deploy/Caddyfile'), 'utf8')
  const upstreams = gateways.map(({ port }) => `127.0.0.1:${port}`).join(' ')
  const site = file.replace('gateway-1:4000 gateway-2:4000', upstreams)
  expect(site).not.toBe(file)
  const options = [
    'admin off',
    'skip_install_trust',
    'auto_https disable_redirects',
    'log {',
    'level ERROR',
    '}',
  ]
  writeFileSync(join(folder, 'Caddyfile'), `{\n${options.join('\n')}\n}\n${site}`)
}

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
