import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeEnvironment, readConfig, readStoreConfig, variables } from '../../server/config.ts'
import { errorsOf } from './config-errors.ts'

const complete = {
  GATEWAY_SECRET: 'q0W3e7R1t5Y9u2I6o4P8a0S3d7F1g5H9',
  PORTMONE_URL: 'https://portmone.example',
  PORTMONE_CLIENT_ID: 'id',
  PORTMONE_CLIENT_SECRET: 'secret',
  POLICIES_FILE: 'policies.json',
}

test.each<[string, string, string]>([
  [
    'PUBLIC_URL',
    'https://partner.example/app?x',
    'must not have credentials, a query or a fragment (got https://partner.example/app?x)',
  ],
  [
    'PUBLIC_URL',
    'https://user:word@partner.example',
    'must not have credentials, a query or a fragment (got https://…@partner.example)',
  ],
  [
    'PUBLIC_URL',
    'partner.example',
    'must be a URL that starts with http:// or https:// (got partner.example)',
  ],
  [
    'ALLOWED_ORIGINS',
    'https://a.example, https://b.example/c',
    'must have a scheme, a host and a port only, without wildcards, such as https://shop.example or capacitor://localhost (got https://b.example/c)',
  ],
  [
    'ALLOWED_ORIGINS',
    'capacitor://localhost/index.html',
    'must have a scheme, a host and a port only, without wildcards, such as https://shop.example or capacitor://localhost (got capacitor://localhost/index.html)',
  ],
  [
    'ALLOWED_ORIGINS',
    'null',
    'must have a scheme, a host and a port only, without wildcards, such as https://shop.example or capacitor://localhost (got null)',
  ],
  [
    'RETURN_ORIGINS',
    'https://*.shop.example',
    'must have a scheme, a host and a port only, without wildcards, such as https://shop.example or capacitor://localhost (got https://*.shop.example)',
  ],
  [
    'RETURN_ORIGINS',
    'https://shop.example, javascript://shop.example',
    'must be the origin of a site or an app, such as https://shop.example or shop-app://verified (got javascript://shop.example)',
  ],
  [
    'ALLOWED_HOSTS',
    'gateway.internal:4000',
    'must be host names without a port, such as gateway.internal (got gateway.internal:4000)',
  ],
  [
    'PORTMONE_URL',
    'https://portmone.example/?partner=1',
    'must not have credentials, a query or a fragment (got https://portmone.example/?partner=1)',
  ],
  [
    'DATABASE_URL',
    'mysql://root:canary@db.example',
    'must be a URL that starts with postgres://, its user and password percent-encoded; leave it unset to use the embedded store',
  ],
  [
    'DATABASE_URL',
    'postgres://gateway:canary#1@db.example/gateway',
    'must be a URL that starts with postgres://, its user and password percent-encoded; leave it unset to use the embedded store',
  ],
  [
    'BRAND_NAME',
    'Wine\u0007Shop',
    'must not contain line breaks or other control characters (got Wine\u0007Shop)',
  ],
  [
    'HOST',
    'localhost:4000',
    'must be an IP address or a host name, without scheme and port, such as 0.0.0.0 or ::1 (got localhost:4000)',
  ],
  ['BRAND_ACCENT', 'red;}', 'must be a CSS colour such as #2f5fb3 (got red;})'],
  ['BRAND_NAME', 'x'.repeat(100), `must have at most 60 characters (got ${'x'.repeat(80)}…)`],
  ['RETENTION', '0', 'must be a number of seconds from 60 to 315360000 (got 0)'],
  ['SECURE_PAGE_WINDOW', '0', 'must be a number of seconds from 10 to 86400 (got 0)'],
  ['TRUSTED_PROXIES', '-1', 'must be a whole number from 0 to 10 (got -1)'],
  ['CREATES_PER_MINUTE', '-1', 'must be a whole number from 1 to 1000000 (got -1)'],
  ['CREATES_PER_MINUTE', '1.5', 'must be a whole number from 1 to 1000000 (got 1.5)'],
  ['UPSTREAM_BUDGET', 'many', 'must be a number from 0.1 to 100000 (got many)'],
  ['PORT', '99999', 'must be a whole number from 0 to 65535 (got 99999)'],
  ['GRAPHIQL', 'yes', 'must be on or off (got yes)'],
  ['LOG_LEVEL', 'loud', 'must be one of fatal, error, warn, info, debug, silent (got loud)'],
  [
    'GATEWAY_SECRET',
    'canary',
    'must have at least 32 random characters, for example from `openssl rand -base64 32`',
  ],
  [
    'GATEWAY_SECRET',
    'change-me-0123456789-abcdefghijklm',
    'is too predictable: it must have at least 32 random characters, for example from `openssl rand -base64 32`',
  ],
  [
    'PORTMONE_CLIENT_SECRET',
    'first canary\nsecond canary',
    'must not contain line breaks or other control characters',
  ],
])('rejects %s=%s by name, and says what is allowed', (name, value, reason) => {
  expect(errorsOf({ ...complete, [name]: value })).toEqual([`${name} ${reason}`])
})

test('bounds every number', () => {
  const numbers = variables.filter(({ fallback }) => fallback !== null && Number(fallback) >= 0)
  expect(numbers.length).toBeGreaterThan(10)
  for (const { name } of numbers)
    for (const value of ['-1', '1e12', 'Infinity', 'NaN', '1,000'])
      expect(errorsOf({ ...complete, [name]: value }), `${name}=${value}`).toEqual([
        expect.stringMatching(`^${name} must be a .*number.* from .* to .* \\(got ${value}\\)$`),
      ])
})

test.each<[Record<string, string>, object]>([
  [{ HOST: '[::1]' }, { host: '::1' }],
  [{ PUBLIC_URL: 'https://Partner.example:443/' }, { publicUrl: 'https://partner.example' }],
  [{ PUBLIC_URL: 'https://shop.example/verify/' }, { publicUrl: 'https://shop.example/verify' }],
  [
    { ALLOWED_ORIGINS: 'capacitor://localhost, chrome-extension://AbC/,https://Shop.example:443' },
    { allowedOrigins: ['capacitor://localhost', 'chrome-extension://abc', 'https://shop.example'] },
  ],
  [
    { RETURN_ORIGINS: 'https://Shop.example/, shop-app://verified' },
    { returnOrigins: ['https://shop.example', 'shop-app://verified'] },
  ],
  [
    { ALLOWED_HOSTS: 'gateway.internal, [2001:db8::1]' },
    { allowedHosts: ['gateway.internal', '[2001:db8::1]'] },
  ],
  [
    { ALLOWED_ORIGINS: 'https://a.example, http://b.example:81' },
    { allowedOrigins: ['https://a.example', 'http://b.example:81'] },
  ],
  [
    { PORTMONE_URL: 'https://portmone.example/partners/' },
    { portmone: { url: 'https://portmone.example/partners', browserOrigin: 'https://portmone.example' } },
  ],
  [{ BRAND_ACCENT: 'oklch(60% 0.2 240 / 50%)' }, { brand: { accent: 'oklch(60% 0.2 240 / 50%)' } }],
  [
    { BRAND_NAME: ' Demo Shop ', RETENTION: '', EXPIRY_GRACE: ' ' },
    { brand: { name: 'Demo Shop' }, retentionMs: 2_592_000_000, expiryGraceMs: 60_000 },
  ],
  [
    { GATEWAY_SECRET: `${complete.GATEWAY_SECRET}\r\n`, PORTMONE_CLIENT_SECRET: ' secret\t' },
    { gatewaySecret: complete.GATEWAY_SECRET, portmone: { clientSecret: 'secret' } },
  ],
])('reads %j', (environment, expected) => {
  expect(readConfig({ ...complete, ...environment })).toMatchObject(expected)
})

test('lists every required variable of an empty environment at once', () => {
  const needed = variables.filter((variable) => variable.needed)
  expect(errorsOf({})).toEqual(needed.map(({ name, description }) => `${name} is required: ${description}`))
})

describe('secrets in files', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'secrets-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function fileOf(content: string): string {
    const file = join(folder, 'secret')
    writeFileSync(file, content)
    return file
  }

  const secrets = variables.filter(({ secret }) => secret).map(({ name }) => name)

  test('each secret can be read from a file, whose final line break is ignored', () => {
    expect(secrets).toEqual(
      expect.arrayContaining(['GATEWAY_SECRET', 'PORTMONE_CLIENT_SECRET', 'DATABASE_URL']),
    )
    const values: Record<string, string> = { ...complete, DATABASE_URL: 'postgres://db.example/gateway' }
    const expected = readConfig(values)
    for (const name of secrets) {
      const { [name]: value = complete.GATEWAY_SECRET, ...others } = values
      expect(readConfig({ ...others, [`${name}_FILE`]: fileOf(`${value}\n`) })).toMatchObject(
        name in values ? expected : {},
      )
    }
  })

  test('rejects a variable that is set both ways, a file that is missing, and an empty file', () => {
    const { GATEWAY_SECRET, ...others } = complete
    expect(errorsOf({ ...complete, GATEWAY_SECRET_FILE: fileOf(GATEWAY_SECRET) })).toEqual([
      'GATEWAY_SECRET and GATEWAY_SECRET_FILE are both set. Remove one of them.',
    ])
    expect(errorsOf({ ...others, GATEWAY_SECRET_FILE: join(folder, 'none') })).toEqual([
      expect.stringMatching(/^GATEWAY_SECRET_FILE cannot be read: ENOENT.*none/),
    ])
    expect(errorsOf({ ...others, GATEWAY_SECRET_FILE: fileOf(' \n') })).toEqual([
      `GATEWAY_SECRET_FILE names an empty file: ${join(folder, 'secret')}`,
    ])
  })

  test('command-line tools read DATABASE_URL_FILE, too', () => {
    expect(
      readStoreConfig({ DATABASE_URL_FILE: fileOf('postgres://db.example/gateway\n') }).databaseUrl,
    ).toBe('postgres://db.example/gateway')
    expect(readStoreConfig({})).toEqual({ databaseUrl: undefined, dataDir: '.data' })
  })
})

test.each([
  [{ HTTPS_PROXY: 'http://a.example:3128', NO_PROXY: 'b.example' }, 'http://a.example:3128', 'b.example'],
  [{ https_proxy: 'a.example:3128' }, 'http://a.example:3128', ''],
  [
    { HTTPS_PROXY: 'http://b.example', https_proxy: 'http://a.example', no_proxy: '*' },
    'http://a.example',
    '*',
  ],
  [{ HTTPS_PROXY: 'http://b.example', https_proxy: '' }, 'http://b.example', ''],
])('reads the proxies of %j in either case', (environment, https, except) => {
  expect(readConfig({ ...complete, ...environment }).proxy).toEqual({ https, except })
})

test('rejects a proxy of another kind without showing its password', () => {
  expect(errorsOf({ ...complete, HTTPS_PROXY: 'ftp://user:canary@a.example' })).toEqual([
    'HTTPS_PROXY must be the URL of a proxy, such as http://proxy.example:3128 (got ftp://…@a.example)',
  ])
})

test('the help text has one line for each variable, and names the files of secrets', () => {
  const [list = '', footer] = describeEnvironment().split('\n\n')
  expect(list.split('\n')).toHaveLength(variables.length)
  for (const line of list.split('\n')) expect(line).toMatch(/^ {2}[A-Z_]+ {2,}\S/)
  expect(footer).toContain('GATEWAY_SECRET_FILE')
})
