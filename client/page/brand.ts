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
    return parseBrand(await response.json())
  } catch (error) {
    console.warn('brand.json is missing or invalid; the page shows its host name.', error)
    return { name: location.hostname }
  }
}

/** Throws a TypeError if `value` is not a brand. */
function parseBrand(value: unknown): Brand {
  if (typeof value !== 'object' || value === null) throw new TypeError('A brand must be an object.')
  const { name = location.hostname, accent, logo, returnOrigins = [] }: Record<string, unknown> = { ...value }
  if (
    !isText(name) ||
    !(accent === undefined || isText(accent)) ||
    !(logo === undefined || (isText(logo) && logo.startsWith('/'))) ||
    !(Array.isArray(returnOrigins) && returnOrigins.every(isText))
  )
    throw new TypeError('A field of the brand has the wrong type.')
  return { name, ...(accent && { accent }), ...(logo && { logo }), returnOrigins }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

export function applyAccent({ accent }: Brand): void {
  if (accent !== undefined && CSS.supports('color', accent))
    document.documentElement.style.setProperty('--verification-accent', accent)
}
