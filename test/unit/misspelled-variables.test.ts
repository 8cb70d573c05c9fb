import { expect, test } from 'vitest'
import { misspelledVariables, variables } from '../../server/config.ts'
import { errorsOf } from './config-errors.ts'

test.each([
  ['PORTMON_URL', 'PORTMONE_URL'],
  ['PROTMONE_URL', 'PORTMONE_URL'],
  ['portmone_url', 'PORTMONE_URL'],
  ['PUBLIC-URL', 'PUBLIC_URL'],
  ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
  ['ALLOWED_ORIGIN', 'ALLOWED_ORIGINS'],
  ['GATEWAY_SECRETS_FILE', 'GATEWAY_SECRET_FILE'],
])('suggests a known variable for %s: %s', (name, meant) => {
  expect(misspelledVariables({ [name]: 'x' })).toEqual([
    `${name} is not a known variable. Did you mean ${meant}?`,
  ])
})

test('says that only secrets are read from files', () => {
  expect(misspelledVariables({ PORTMONE_CLIENT_ID_FILE: '/run/secrets/id' })).toEqual([
    'PORTMONE_CLIENT_ID_FILE is not read, because PORTMONE_CLIENT_ID is not a secret. Set PORTMONE_CLIENT_ID itself.',
  ])
})

test('ignores variables of other programs', () => {
  const others = [
    'PATH',
    'HOSTNAME',
    'PORTS',
    'HOME',
    'LANG',
    'NODE_ENV',
    'NODE_OPTIONS',
    'PGHOST',
    'PUBLIC_KEY',
  ]
  others.push(
    'npm_config_loglevel',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'GATEWAY_PORT',
    'XDG_DATA_DIRS',
    'npm_lifecycle_event',
    'https_proxy',
    'ALL_PROXY',
    'FTP_PROXY',
  )
  const known = variables.map(({ name }) => name)
  expect(misspelledVariables(Object.fromEntries([...others, ...known].map((name) => [name, 'x'])))).toEqual(
    [],
  )
})

test('reports a misspelled variable beside the error of the missing one', () => {
  const environment = {
    GATEWAY_SECRET: 'q0W3e7R1t5Y9u2I6o4P8a0S3d7F1g5H9',
    PORTMON_URL: 'https://portmone.example',
    PORTMONE_CLIENT_ID: 'id',
    PORTMONE_CLIENT_SECRET: 'secret',
    POLICIES_FILE: 'policies.json',
  }
  expect(errorsOf(environment)).toEqual([
    expect.stringMatching(/^PORTMONE_URL is required/),
    'PORTMON_URL is not a known variable. Did you mean PORTMONE_URL?',
  ])
})
