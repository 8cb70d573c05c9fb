import type { Config } from '../../config.ts'
import type { UpstreamFailure } from '../../portmone/failure.ts'
import { probePortmone } from '../../portmone/probe.ts'
import { isTlsError } from '../../portmone/transport.ts'
import { checkClock } from './clock.ts'
import { type Finding, failure, ok, warning } from './finding.ts'

const check = 'Portmone'

/** Requests a token from Portmone with the Partner's credentials, and checks this machine's clock against the answer's date. */
export async function checkPortmone({ portmone, proxy }: Config): Promise<Finding[]> {
  const { url, clientId, clientSecret } = portmone
  const probe = await probePortmone({ url, clientId, clientSecret, proxy })
  const reached =
    probe.failure === null
      ? ok(check, `${url} accepts the Partner's credentials`)
      : judge(probe.failure, new URL(url))
  if (probe.clocks === null) return [reached]
  const { here, portmone: there } = probe.clocks
  // The date has whole seconds only.
  return [reached, checkClock('Portmone', { ahead: here - (there + 500), within: 500 })]
}

function judge({ reason, result, what, code = '' }: UpstreamFailure, { origin, hostname }: URL): Finding {
  if (reason === 'CREDENTIALS_REFUSED')
    return failure(
      check,
      `${origin} rejects the Partner's credentials. Set PORTMONE_CLIENT_ID and PORTMONE_CLIENT_SECRET to the ones that Portmone issued for it.`,
    )
  if (result === 'rate_limited')
    return warning(check, `${origin} limits the rate: ${what}. Try again later, or lower UPSTREAM_BUDGET.`)
  return failure(
    check,
    isTlsError(code)
      ? tlsRemedy(code, origin)
      : (remedies[code]?.(origin, hostname) ?? otherwise(origin, what)),
  )
}

function tlsRemedy(code: string, origin: string): string {
  const there = `No secure connection to ${origin} (${code}).`
  if (code.includes('WRONG_VERSION') || code.includes('PACKET_LENGTH'))
    return `${there} The server there does not speak TLS: check the port in PORTMONE_URL.`
  if (code.includes('EXPIRED') || code.includes('NOT_YET_VALID'))
    return `${there} Its certificate is not valid today: check this machine's clock, then tell Portmone.`
  if (code.includes('ALTNAME'))
    return `${there} Its certificate is for another name: check the host in PORTMONE_URL.`
  return `${there} Its certificate is not trusted here: check PORTMONE_URL, or set NODE_EXTRA_CA_CERTS to the file of the CA certificate.`
}

type Remedy = (origin: string, hostname: string) => string

const unknownName: Remedy = (_, hostname) =>
  `The host name ${hostname} does not exist. Check PORTMONE_URL and this machine's DNS settings.`
const noConnection: Remedy = (origin) =>
  `${origin}: connection timed out. Check that a firewall allows outgoing connections to it.`

const remedies: Record<string, Remedy> = {
  ECONNREFUSED: (origin) => `${origin} refuses connections. Check the host and port in PORTMONE_URL.`,
  ENOTFOUND: unknownName,
  EAI_AGAIN: (_, hostname) =>
    `The host name ${hostname} cannot be resolved. Check that this machine can reach its DNS server.`,
  UND_ERR_CONNECT_TIMEOUT: noConnection,
  EHOSTUNREACH: noConnection,
  ENETUNREACH: noConnection,
  UND_ERR_ABORTED: (origin) =>
    `The proxy does not connect to ${origin}. Check HTTPS_PROXY and HTTP_PROXY, or add the host to NO_PROXY.`,
  ETIMEDOUT: (origin) =>
    `${origin} did not answer in time. Check PORTMONE_URL, and whether Portmone reports an outage.`,
}

const otherwise: Remedy = (origin, what) =>
  `${origin} gave an unexpected answer: ${what}. Check PORTMONE_URL, and whether Portmone reports an outage.`
