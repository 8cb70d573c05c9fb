/**
 * Whose page this is. `accent` is any CSS colour: its lightness is fitted to the colour scheme, so that text on it can
 * be read. `logo` is a URL of the page's own origin.
 */
export interface Brand {
  name: string
  accent?: string
  logo?: string
}

function isBrand(value: unknown): value is Partial<Brand> {
  if (typeof value !== 'object' || value === null) return false
  const { name, accent, logo }: { name?: unknown; accent?: unknown; logo?: unknown } = value
  return (
    (name === undefined || (typeof name === 'string' && name !== '')) &&
    (accent === undefined || typeof accent === 'string') &&
    (logo === undefined || (typeof logo === 'string' && logo.startsWith('/')))
  )
}

/** The gateway's brand. Without one the page shows its host name. @param url relative to the page. */
export async function loadBrand(url: string): Promise<Brand> {
  try {
    const response = await fetch(url)
    const brand: unknown = await response.json()
    if (!isBrand(brand)) throw new TypeError('Not a brand')
    return named(brand)
  } catch (error) {
    console.warn('brand.json is missing or invalid; the page stays neutral.', error)
    return named({})
  }
}

const named = (brand: Partial<Brand>): Brand => ({ ...brand, name: brand.name ?? location.hostname })

export function applyBrand({ name, accent }: Brand): void {
  document.title = name
  if (accent !== undefined && CSS.supports('color', accent))
    document.documentElement.style.setProperty('--verification-accent', accent)
}
