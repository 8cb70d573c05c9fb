import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { type Context, Hono } from 'hono'
import { ConfigError } from '../environment.ts'

/** Whose page this is. */
export interface Brand {
  /** Null shows the host name under which the page was opened. */
  name: string | null
  /** Any CSS colour; null for the page's own. */
  accent: string | null
  /** Path of an image file; null for none. */
  logoFile: string | null
}

const imageTypes: Record<string, string> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
}

interface BrandOptions {
  /** Path under which browsers reach the gateway. */
  basePath?: string
  /** Where the hosted page may lead customers back to. */
  returnOrigins?: readonly string[]
}

/**
 * What the pages look like (name, colour, logo) and where they may lead back to. Throws a ConfigError for a logo that
 * cannot be used.
 */
export function createBrand(brand: Brand, { basePath = '', returnOrigins = [] }: BrandOptions = {}) {
  const { accent, logoFile } = brand
  const logo = logoFile === null ? null : readLogo(logoFile)
  const app = new Hono()
  app.get('/brand.json', (context) =>
    context.json({
      name: brandNameOf(brand, context),
      ...(accent && { accent }),
      ...(logo && { logo: `${basePath}/brand-logo` }),
      ...(returnOrigins.length > 0 && { returnOrigins }),
    }),
  )
  if (logo !== null)
    app.get('/brand-logo', (context) => context.body(logo.image, 200, { 'content-type': logo.type }))
  return app
}

export const brandNameOf = ({ name }: Brand, { req }: Context) => name ?? new URL(req.url).hostname

function readLogo(file: string) {
  const type = imageTypes[extname(file).toLowerCase()]
  if (type === undefined)
    throw new ConfigError([`BRAND_LOGO must be one of ${Object.keys(imageTypes).join(', ')} (got ${file})`])
  try {
    return { type, image: new Uint8Array(readFileSync(file)) }
  } catch (cause) {
    throw new ConfigError([`BRAND_LOGO cannot be read: ${(cause as Error).message}`], { cause })
  }
}
