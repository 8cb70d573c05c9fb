import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readConfig } from '../../config.ts'
import { ConfigError } from '../../environment.ts'
import { OperationsFileError, readOperations } from '../../graphql/persisted-operations.ts'
import { createBrand } from '../../pages/brand.ts'
import { clientDir, pageOperations } from '../../paths.ts'
import { schema } from '../../schema/index.ts'
import { PoliciesFileError, readPolicies } from '../../share-requests/policies.ts'
import { type Finding, failure, ok, warning } from './finding.ts'

const check = 'configuration'

/** `config` is null where the environment has faults: there is a failure for each. */
export function checkEnvironment(environment: NodeJS.ProcessEnv): {
  config: Config | null
  findings: Finding[]
} {
  try {
    const config = readConfig(environment)
    const doubts = warningsOf(config).map((doubt) => warning(check, doubt))
    return { config, findings: [ok(check, 'every variable that is needed is set'), ...doubts] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { config: null, findings: error.errors.map((text) => failure(check, text)) }
  }
}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** What the gateway starts with, but nobody is likely to mean. */
function warningsOf({ portmone, publicUrl, trustedProxies, graphiql }: Config): string[] {
  const portmoneUrl = new URL(portmone.url)
  const doubts: string[] = []
  if (portmoneUrl.protocol === 'http:' && !loopback.has(portmoneUrl.hostname))
    doubts.push('PORTMONE_URL: credentials and facts would go over the network in clear. Give an https URL.')
  if (publicUrl?.startsWith('http:') && !loopback.has(new URL(publicUrl).hostname))
    doubts.push('PUBLIC_URL: customers would send their secrets in clear. Let the proxy speak https.')
  if (publicUrl !== null && trustedProxies === 0)
    doubts.push(
      'TRUSTED_PROXIES: with PUBLIC_URL and no proxy that is trusted, all customers share the limits of one address. Say how many proxies there are.',
    )
  if (graphiql && publicUrl !== null)
    doubts.push('GRAPHIQL: it is on, for all who reach PUBLIC_URL. Set it to off, unless that is meant.')
  return doubts
}

/** The files that the configuration names. */
export function checkFiles(config: Config): Finding[] {
  return [checkPolicies(config), checkOperations(config), ...checkLogo(config)]
}

function checkPolicies({ policiesFile }: Config): Finding {
  try {
    const names = readPolicies(policiesFile).map(({ name }) => name)
    return ok('policies', `${names.length} in ${policiesFile}: ${names.join(', ')}`)
  } catch (error) {
    if (!(error instanceof PoliciesFileError)) throw error
    return failure('policies', `${error.message}\nMend that file, or let POLICIES_FILE name another.`)
  }
}

function checkOperations({ operationsFiles }: Config): Finding {
  try {
    const { size } = readOperations([pageOperations, ...operationsFiles], schema)
    const effect = operationsFiles.length > 0 ? '; customers can run no others' : ''
    return ok('operations', `${size} are known by their hash${effect}`)
  } catch (error) {
    if (!(error instanceof OperationsFileError)) throw error
    return failure('operations', `${error.message}\nMend that file, or take it from OPERATIONS_FILES.`)
  }
}

function checkLogo({ brand }: Config): Finding[] {
  try {
    createBrand(brand)
    return brand.logoFile === null ? [] : [ok('logo', brand.logoFile)]
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.errors.map((text) => failure('logo', text))
  }
}

/** Whether the page is there. Without it, the API is served alone. */
export function checkPage(folder = clientDir): Finding {
  return existsSync(join(folder, 'index.html'))
    ? ok('page', 'it is built')
    : warning('page', 'it is not built, so that only the API is served. Run npm run build.')
}
