/** Null for text that is no absolute URL. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** Where the customer goes on, if `origins` allow it; otherwise null. */
export function parseReturnUrl(text: string, origins: readonly string[]): URL | null {
  const url = parseUrl(text)
  return url !== null && origins.includes(originOf(url)) ? url : null
}

/** Also of an app's own scheme, such as `shop-app://verified`, of which browsers know no origin. */
export const originOf = ({ origin, protocol, host }: URL) =>
  origin === 'null' ? `${protocol}//${host}` : origin

/** What customers know the site by; null for an app. */
export const siteOf = ({ protocol, host }: URL) => (/^https?:$/.test(protocol) ? host : null)

/** `url` with the id of the share request that has ended. */
export function withShareRequest(url: URL, id: string): string {
  const result = new URL(url)
  result.searchParams.set('share_request', id)
  return result.href
}
