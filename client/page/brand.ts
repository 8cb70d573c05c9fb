import * as z from 'zod/mini'

/**
 * Whose page this is. `accent` is any CSS colour: its lightness is fitted to the colour scheme, so that text on it can
 * be read. `logo` is a URL of the page's own origin.
 */
const BrandFile = z.object({
  name: z.optional(z.string().check(z.minLength(1))),
  accent: z.optional(z.string()),
  logo: z.optional(z.string().check(z.startsWith('/'))),
})
export type Brand = z.infer<typeof BrandFile> & { name: string }

/** The gateway's brand. Without one the page shows its host name. @param url relative to the page. */
export async function loadBrand(url: string): Promise<Brand> {
  try {
    const response = await fetch(url)
    return named(BrandFile.parse(await response.json()))
  } catch (error) {
    console.warn('brand.json is missing or invalid; the page stays neutral.', error)
    return named({})
  }
}

const named = (brand: z.infer<typeof BrandFile>): Brand => ({
  ...brand,
  name: brand.name ?? location.hostname,
})

export function applyBrand({ name, accent }: Brand): void {
  document.title = name
  if (accent !== undefined && CSS.supports('color', accent))
    document.documentElement.style.setProperty('--verification-accent', accent)
}
