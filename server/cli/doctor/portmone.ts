import type { Config } from '../../config.ts'
import type { UpstreamFailure } from '../../portmone/failure.ts'
import { probePortmone } from '../../portmone/probe.ts'
import { isTlsError } from '../../portmone/transport.ts'
import { checkClock } from './clock.ts'
import { type Finding, failure, ok, warning } from './finding.ts'

const check = 'Portmone'

/** Asks Portmone for a token with the partner's credentials, and judges this machine's clock by the answer's date. */
export async function checkPortmone({ portmone, proxy }: Config): Promise<Finding[]> {
  const { url, clientId, clientSecret } = portmone
  const probe = await probePortmone({ url, clientId, clientSecret, proxy })
  const reached =
    probe.failure === null
      ? ok(check, `${url} accepts the partner's credentials`)
      : judge(probe.failure, new URL(url))
  if (probe.clocks === null) return [reached]
  const { here, portmone: there } = probe.clocks
  // The date leaves out the part of a second that has passed.
  return [reached, checkClock('Portmone', { ahead: here - (there + 500), within: 500 })]
}

function judge({ reason, result, what, code = '' }: UpstreamFailure, { origin, hostname }: URL): Finding {
  if (reason === 'CREDENTIALS_REFUSED')
    return failure(
      check,
      `${origin} refuses the partner's credentials. Set PORTMONE_CLIENT_ID and PORTMONE_CLIENT_SECRET to those that Portmone gave you for it.`,
    )
  if (result === 'rate_limited')
    return warning(
      check,
      `${origin} is asked too often: ${what}. Try again later; a lower UPSTREAM_BUDGET asks less.`,
    )
  return failure(
    check,
    isTlsError(code)
      ? tlsRemedy(code, origin)
      : (remedies[code]?.(origin, hostname) ?? otherwise(origin, what)),
  )
}

function tlsRemedy(code: string, origin: string): string {
  const there = `There is no secure connection to ${origin} (${code}).`
  if (code.includes('WRONG_VERSION') || code.includes('PACKET_LENGTH'))
    return `${there} What listens there does not speak TLS: check the port in PORTMONE_URL.`
  if (code.includes('EXPIRED') || code.includes('NOT_YET_VALID'))
    return `${there} Its certificate is not valid today: check this machine's clock, then tell Portmone.`
  if (code.includes('ALTNAME'))
    return `${there} Its certificate is for another name: check the host in PORTMONE_URL.`
  return `${there} Its certificate is from nobody who is trusted here: check PORTMONE_URL, or let NODE_EXTRA_CA_CERTS name the file of the authority that issued it.`
}

type Remedy = (origin: string, hostname: string) => string

const unknownName: Remedy = (_, hostname) =>
  `DNS does not know the name ${hostname}. Check PORTMONE_URL, and how this machine resolves names.`
const noConnection: Remedy = (origin) =>
  `${origin} takes no connection: nothing came back. Check that a firewall lets this machine out to it.`

const remedies: Record<string, Remedy> = {
  ECONNREFUSED: (origin) =>
    `${origin} refuses connections: nothing listens there. Check the host and port in PORTMONE_URL, or start it.`,
  ENOTFOUND: unknownName,
  EAI_AGAIN: (_, hostname) =>
    `The name ${hostname} can not be resolved now. Check that this machine reaches its DNS server.`,
  UND_ERR_CONNECT_TIMEOUT: noConnection,
  EHOSTUNREACH: noConnection,
  ENETUNREACH: noConnection,
  UND_ERR_ABORTED: (origin) =>
    `The proxy does not connect to ${origin}. Check HTTPS_PROXY and HTTP_PROXY, or add the host to NO_PROXY.`,
  ETIMEDOUT: (origin) =>
    `${origin} gave no answer in time. Check that PORTMONE_URL leads to Portmone, and whether Portmone reports an outage.`,
}

const otherwise: Remedy = (origin, what) =>
  `${origin} gave no proper answer: ${what}. Check that PORTMONE_URL leads to Portmone, and whether Portmone reports an outage.`
