import { fetchWithTimeout } from '../ui/fetch-with-timeout.ts'

/** Whose page this is, and where it may lead customers back to. */
export interface Brand {
  name: string
  /** Any CSS colour. Its lightness is fitted to the colour scheme, so that text on it is legible. */
  accent?: string
  /** URL of the page's own origin. */
  logo?: string
  /** Missing if the gateway did not answer. */
  returnOrigins?: readonly string[]
}

/** How long to wait for the brand before the page shows its host name instead. */
const timeoutMs = 5_000

/** @param url relative to the page. */
export async function loadBrand(url: string): Promise<Brand> {
  try {
    const response = await fetchWithTimeout(timeoutMs)(url)
    return { name: location.hostname, returnOrigins: [], ...(await response.json()) }
  } catch (error) {
    console.warn('brand.json cannot be loaded: the page shows its host name.', error)
    return { name: location.hostname }
  }
}

export function applyAccent({ accent }: Brand): void {
  if (accent !== undefined && CSS.supports('color', accent))
    document.documentElement.style.setProperty('--verification-accent', accent)
}
