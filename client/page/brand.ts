import * as z from 'zod/mini'

/**
 * Whose page this is. `accent` is any CSS colour: its lightness is fitted to the colour scheme, so that text on it can
 * be read. `logo` is a URL of the page's own origin.
 */
export const Brand = z.object({
  name: z.string().check(z.minLength(1)),
  accent: z.optional(z.string()),
  logo: z.optional(z.string().check(z.startsWith('/'))),
})
export type Brand = z.infer<typeof Brand>

const neutral: Brand = { name: 'Verification' }

/** The gateway's brand; a neutral one if it is not available. @param url relative to the page. */
export async function loadBrand(url: string): Promise<Brand> {
  try {
    const response = await fetch(url)
    return Brand.parse(await response.json())
  } catch (error) {
    console.warn('brand.json is missing or invalid; the page stays neutral.', error)
    return neutral
  }
}

export function applyBrand({ name, accent }: Brand): void {
  document.title = name
  if (accent !== undefined && CSS.supports('color', accent))
    document.documentElement.style.setProperty('--verification-accent', accent)
}
