import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { checkPage } from '../../server/cli/doctor/configuration.ts'
import { checkOpenFiles } from '../../server/cli/doctor/open-files.ts'
import { examine, expectFailure, inFolder, prepareEnvironment } from './doctor-fixture.ts'

prepareEnvironment()

test('every check passes, and nothing is created', async () => {
  const { code, output, bad } = await examine()
  expect({ code, bad }).toEqual({ code: 0, bad: [] })
  for (const check of [
    'configuration',
    'policies',
    'operations',
    'page',
    'port',
    ...(process.platform === 'linux' ? ['open files'] : []),
    'store',
    'disk',
    'Portmone',
    'clock',
  ])
    expect(output).toMatch(new RegExp(`^ok +${check} `, 'm'))
  expect(readdirSync(inFolder())).toEqual([])
})

test.each([
  ['ok', 3_200, 'may open 3200'],
  ['ok', Number.POSITIVE_INFINITY, 'unlimited'],
  ['warning', 3_199, 'may open 3199, but MAX_CONNECTIONS is 3000. Raise the limit to at least 3200'],
])('compares the limit of open files with MAX_CONNECTIONS: %s for %d', (level, limit, text) => {
  expect(checkOpenFiles(3_000, limit)).toMatchObject({ level, text: expect.stringContaining(text) })
})

describe('configuration', () => {
  test('reports every error of the environment at once', async () => {
    const { code, bad } = await examine({ GATEWAY_SECRET: 'short', PORTMONE_URL: 'portmone', PORT: '99999' })
    expect(bad).toEqual([
      expect.stringMatching(/^failure +configuration +PORT must be /),
      expect.stringMatching(
        /^failure +configuration +GATEWAY_SECRET must have at least 32 random characters/,
      ),
      expect.stringMatching(/^failure +configuration +PORTMONE_URL must be a URL that starts with http/),
    ])
    expect(code).toBe(1)
  })

  test('warns about settings that are probably mistakes', async () => {
    const { code, bad } = await examine({
      PUBLIC_URL: 'http://shop.example',
      GRAPHIQL: 'on',
      PORTMONE_BROWSER_ORIGIN: 'http://portmone.example',
      ALLOWED_ORIGIN: 'https://shop.example',
    })
    expect(bad).toEqual([
      expect.stringMatching(/^warning +configuration +PUBLIC_URL: customers send their secrets unencrypted/),
      expect.stringMatching(
        /^warning +configuration +PORTMONE_BROWSER_ORIGIN .*do not load into an https page/,
      ),
      expect.stringMatching(/^warning +configuration +TRUSTED_PROXIES is 0 although PUBLIC_URL is set/),
      expect.stringMatching(/^warning +configuration +GRAPHIQL is on for everyone/),
      expect.stringMatching(/^warning +configuration +BRAND_NAME is not set/),
      expect.stringMatching(/^warning +configuration +ALLOWED_ORIGIN is not a known .* ALLOWED_ORIGINS\?/),
    ])
    expect(code).toBe(0)
  })

  test('warns about a public gateway whose customers cannot reach Portmone', async () => {
    const { bad } = await examine({
      PUBLIC_URL: 'https://shop.example',
      TRUSTED_PROXIES: '1',
      BRAND_NAME: 'Shop',
    })
    expect(bad).toEqual([
      expect.stringMatching(
        /^warning +configuration +PORTMONE_BROWSER_ORIGIN is http:\/\/127\.0\.0\.1:\d+, which customers' browsers cannot reach/,
      ),
    ])
    const local = await examine({ PUBLIC_URL: 'http://localhost:4000', TRUSTED_PROXIES: '1' })
    expect(local.bad).toEqual([])
  })

  test('checks the files that it names', async () => {
    const policies = inFolder('policies.json')
    writeFileSync(policies, '[{ "name": "x" }]')
    const { code, output, bad } = await examine({
      POLICIES_FILE: policies,
      OPERATIONS_FILES: inFolder('none.json'),
      BRAND_LOGO: inFolder('logo.exe'),
    })
    expect(bad).toEqual([
      expect.stringMatching(/^failure +policies +.*policies\.json is not a valid policies file/),
      expect.stringMatching(/^failure +operations +.*none\.json/),
      expect.stringMatching(/^failure +logo +BRAND_LOGO must be one of .*\.svg/),
    ])
    expect(output).toMatch(/\n {20,}\[0\]\["access"\]/)
    expect(code).toBe(1)
  })

  test('checks the built pages', () => {
    expect(checkPage(inFolder())).toMatchObject({
      level: 'warning',
      text: expect.stringContaining('npm run build'),
    })
    writeFileSync(inFolder('index.html'), '')
    expect(checkPage(inFolder())).toMatchObject({ level: 'ok' })
  })
})

describe('the port', () => {
  test('belongs to a gateway that is ready or not ready', async () => {
    for (const [answer, level] of [
      ['ready', 'ok'],
      ['not ready', 'warning'],
    ]) {
      await using gateway = await startHttp((_, response) => void response.end(answer))
      const { output } = await examine({ PORT: gateway.port })
      expect(output).toMatch(
        new RegExp(`^${level} +port +a gateway listens on 127\\.0\\.0\\.1:\\d+ and is ${answer}`, 'm'),
      )
    }
  })

  test('is used by another program', async () => {
    await using other = await startHttp((_, response) => void response.end('hello'))
    await expectFailure(
      { PORT: other.port },
      /^failure +port +Port \d+ on 127\.0\.0\.1 is in use\. .*set PORT/,
    )
  })
})

/** An HTTP server that answers every request with `listener`. */
async function startHttp(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: String((server.address() as AddressInfo).port),
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}
