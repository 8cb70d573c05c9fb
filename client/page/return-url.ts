/** Null for text that is not an absolute URL. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** Whether customers may be led on to `url`. */
export const isAllowed = (url: URL | null, origins: readonly string[] = []) =>
  url !== null && origins.includes(originOf(url))

/**
 * Also of an app's own scheme, such as `shop-app://verified`, of which browsers know no origin, and whose host keeps its
 * capitals. A blob's URL has the origin of its site, but does not lead there.
 */
export const originOf = ({ protocol, host }: URL) => `${protocol}//${host.toLowerCase()}`

/** What customers know it by: a site's host, an app's name. */
export const siteOf = ({ protocol, host }: URL, app: string) => (/^http/.test(protocol) ? host : app)

/** `url` with the id of the share request that has ended. */
export function withShareRequest(url: URL, id: string): string {
  const result = new URL(url)
  result.searchParams.set('share_request', id)
  return result.href
}
