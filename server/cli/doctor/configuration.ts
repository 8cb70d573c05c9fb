import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, misspelledVariables, readConfig } from '../../config.ts'
import { ConfigError } from '../../environment.ts'
import { OperationsFileError, readOperations } from '../../graphql/persisted-operations.ts'
import { createBrand } from '../../pages/brand.ts'
import { clientDir, pageOperations } from '../../paths.ts'
import { schema } from '../../schema/index.ts'
import { PoliciesFileError, readPolicies } from '../../share-requests/policies.ts'
import { type Finding, failure, ok, warning } from './finding.ts'

const check = 'configuration'

/** `config` is null if the environment has errors; then there is a failure for each. */
export function checkEnvironment(environment: NodeJS.ProcessEnv): {
  config: Config | null
  findings: Finding[]
} {
  try {
    const config = readConfig(environment)
    const warnings = [...warningsOf(config), ...misspelledVariables(environment)]
    return {
      config,
      findings: [
        ok(check, 'all required variables are set'),
        ...warnings.map((text) => warning(check, text)),
      ],
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { config: null, findings: error.errors.map((text) => failure(check, text)) }
  }
}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost'])
const isLoopback = (url: string) => loopback.has(new URL(url).hostname)
const isPlain = (url: string) => url.startsWith('http:')

/** Settings that the gateway starts with but that are probably mistakes. */
function warningsOf({ portmone, publicUrl, trustedProxies, graphiql, brand }: Config): string[] {
  const warnings: string[] = []
  const isPublic = publicUrl !== null && !isLoopback(publicUrl)
  if (isPlain(portmone.url) && !isLoopback(portmone.url))
    warnings.push('PORTMONE_URL sends credentials and facts unencrypted. Use an https URL.')
  if (isPublic && isPlain(publicUrl))
    warnings.push('PUBLIC_URL: customers send their secrets unencrypted. Serve https at the proxy.')
  if (isPublic && isLoopback(portmone.browserOrigin))
    warnings.push(
      `PORTMONE_BROWSER_ORIGIN is ${portmone.browserOrigin}, which customers' browsers cannot reach. Set it to Portmone's public origin.`,
    )
  else if (isPublic && isPlain(portmone.browserOrigin))
    warnings.push(
      `PORTMONE_BROWSER_ORIGIN is ${portmone.browserOrigin}, which browsers do not load into an https page. Set it to an https origin.`,
    )
  if (publicUrl !== null && trustedProxies === 0)
    warnings.push(
      'TRUSTED_PROXIES is 0 although PUBLIC_URL is set: all customers share the rate limits of one address. Set it to the number of proxies.',
    )
  if (graphiql && publicUrl !== null)
    warnings.push(
      'GRAPHIQL is on for everyone who can reach PUBLIC_URL. Turn it off unless this is intended.',
    )
  if (isPublic && brand.name === null)
    warnings.push('BRAND_NAME is not set: customers see the host name instead of your name.')
  return warnings
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
    return failure('policies', `${error.message}\nFix this file, or set POLICIES_FILE to another one.`)
  }
}

function checkOperations({ operationsFiles }: Config): Finding {
  try {
    const { size } = readOperations([pageOperations, ...operationsFiles], schema)
    const effect = operationsFiles.length > 0 ? '; customers can run only these' : ''
    return ok('operations', `${size} can be sent by their hash${effect}`)
  } catch (error) {
    if (!(error instanceof OperationsFileError)) throw error
    return failure('operations', `${error.message}\nFix this file, or remove it from OPERATIONS_FILES.`)
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

/** Whether the pages are built. Without them only the API is served. */
export function checkPage(folder = clientDir): Finding {
  return existsSync(join(folder, 'index.html'))
    ? ok('page', 'built')
    : warning('page', 'not built, so only the API is served. Run npm run build.')
}
