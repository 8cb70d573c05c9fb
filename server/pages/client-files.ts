import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { type Context, Hono } from 'hono'
import { accepts } from 'hono/accepts'
import { getMimeType } from 'hono/utils/mime'
import { hashSource } from './content-security-policy.ts'

interface ClientFile {
  type: string
  cacheControl: string
  etag: string
  lastModified: string
  /** By content coding. */
  bodies: { identity: Buffer<ArrayBuffer>; br?: Buffer<ArrayBuffer>; gzip?: Buffer<ArrayBuffer> }
  /** Sources of a page's inline scripts and styles, for its Content-Security-Policy. */
  scripts: string[]
  styles: string[]
}

interface ClientFilesDeps {
  /** Folder of the built client. */
  dir: string
  /** Path under which browsers reach the gateway. */
  basePath: string
  policyOf: (sources: Pick<ClientFile, 'scripts' | 'styles'>) => string
}

/**
 * The built client, as it was when the gateway started: a build that replaces it meanwhile cannot mix with it. Range
 * requests are answered as a whole.
 */
export function createClientFiles({ dir, basePath, policyOf }: ClientFilesDeps) {
  const files = readFiles(dir)
  return new Hono().get('*', async (context, next) => {
    const { path } = context.req
    // The URLs in a page are relative to it.
    if (files.has(`${path}/index.html`))
      return context.redirect(`${basePath}${path}/${new URL(context.req.url).search}`)
    const file = files.get(path.endsWith('/') ? `${path}index.html` : path)
    return file === undefined ? next() : answer(context, file, policyOf)
  })
}

function answer(context: Context, file: ClientFile, policyOf: ClientFilesDeps['policyOf']): Response {
  const { type, cacheControl, etag, lastModified, bodies } = file
  context.header('Cache-Control', cacheControl)
  context.header('ETag', etag)
  context.header('Last-Modified', lastModified)
  context.header('Vary', 'Accept-Encoding')
  if (type.startsWith('text/html')) context.header('Content-Security-Policy', policyOf(file))
  if (isFresh(context, file)) return context.body(null, 304)
  const encoding = accepts(context, {
    header: 'Accept-Encoding',
    supports: ['br', 'gzip'],
    default: 'identity',
  }) as keyof ClientFile['bodies']
  const body = bodies[encoding]
  if (encoding !== 'identity' && body !== undefined) context.header('Content-Encoding', encoding)
  return context.body(body ?? bodies.identity, 200, { 'content-type': type })
}

/** Whether the browser's copy of `file` is current. By RFC 9110, 13.2.2, the date counts only without an If-None-Match. */
function isFresh({ req }: Context, { etag, lastModified }: ClientFile): boolean {
  const tags = req.header('if-none-match')
  if (tags === undefined) return req.header('if-modified-since') === lastModified
  return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^(W\/)?/, 'W/') === etag)
}

/** By path. Hashed assets may be cached for ever, because their name changes with their content. */
function readFiles(dir: string): ReadonlyMap<string, ClientFile> {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
  const known = new Set(names)
  const read = (name: string) => readFileSync(join(dir, name))
  return new Map(
    names
      .filter((name) => !/\.(br|gz)$/.test(name))
      .map((name) => {
        const identity = read(name)
        const file: ClientFile = {
          type: getMimeType(name) ?? 'application/octet-stream',
          cacheControl: name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
          etag: `W/"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`,
          lastModified: statSync(join(dir, name)).mtime.toUTCString(),
          bodies: {
            identity,
            ...(known.has(`${name}.br`) && { br: read(`${name}.br`) }),
            ...(known.has(`${name}.gz`) && { gzip: read(`${name}.gz`) }),
          },
          scripts: name.endsWith('.html') ? sourcesOf(identity, 'script') : [],
          styles: name.endsWith('.html') ? sourcesOf(identity, 'style') : [],
        }
        return [`/${name}`, file] as const
      }),
  )
}

const sourcesOf = (html: Buffer, element: 'script' | 'style') =>
  [...html.toString().matchAll(new RegExp(`<${element}[^>]*>(.*?)</${element}>`, 'gs'))]
    .filter(([, text]) => text !== '')
    .map(([, text = '']) => hashSource(text))
