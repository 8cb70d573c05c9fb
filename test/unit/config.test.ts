import { expect, test } from 'vitest'
import { ConfigError, describeEnvironment, readConfig, variables } from '../../server/config.ts'

const complete = {
  GATEWAY_SECRET: 'q0W3e7R1t5Y9u2I6o4P8a0S3d7F1g5H9',
  PORTMONE_URL: 'https://portmone.example',
  PORTMONE_CLIENT_ID: 'id',
  PORTMONE_CLIENT_SECRET: 'secret',
  POLICIES_FILE: 'policies.json',
}

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig({ ...complete, ...environment })
    return []
  } catch (error) {
    return (error as ConfigError).problems
  }
}

test.each<[string, string, string]>([
  ['PUBLIC_URL', 'https://partner.example/app', 'scheme, host and port alone'],
  ['PUBLIC_URL', 'https://user:word@partner.example', 'scheme, host and port alone'],
  ['PUBLIC_URL', 'partner.example', 'http or https'],
  ['ALLOWED_ORIGINS', 'https://a.example, https://b.example/c', 'scheme, host and port alone'],
  ['PORTMONE_URL', 'https://portmone.example/?partner=1', 'query'],
  ['PORTMONE_BROWSER_ORIGIN', 'https://portmone.example/c', 'scheme, host and port alone'],
  ['BRAND_NAME', ' ', 'give a name'],
  ['BRAND_ACCENT', 'red;}', 'colour of CSS'],
  ['RETENTION', '0', 'at least 60 seconds'],
  ['SECURE_PAGE_WINDOW', '0', 'at least 10 seconds'],
  ['TRUSTED_PROXIES', '-1', ''],
])('%s=%s is refused, by its name and with the mend', (name, value, mend) => {
  const faults = faultsOf({ [name]: value })
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(new RegExp(`^${name}: `))
  expect(faults[0]).toContain(mend)
})

test.each<[Record<string, string>, object]>([
  [{ PUBLIC_URL: 'https://Partner.example:443/' }, { publicUrl: 'https://partner.example' }],
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
    { BRAND_NAME: ' Demo Shop ', RETENTION: '' },
    { brand: { name: 'Demo Shop' }, retentionMs: 2_592_000_000 },
  ],
])('%j is read', (environment, expected) => {
  expect(readConfig({ ...complete, ...environment })).toMatchObject(expected)
})

test('an empty environment names all that is needed at once', () => {
  expect(() => readConfig({})).toThrow(ConfigError)
  const needed = variables.filter((variable) => variable.needed).map(({ name }) => name)
  for (const name of needed) expect(() => readConfig({})).toThrow(`${name}: `)
})

test('in the list of variables each name stands apart from its description', () => {
  const lines = describeEnvironment().split('\n')
  expect(lines).toHaveLength(variables.length)
  for (const line of lines) expect(line).toMatch(/^ {2}[A-Z_]+ {2,}\S/)
})
