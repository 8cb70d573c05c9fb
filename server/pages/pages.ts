import { existsSync } from 'node:fs'
import type { HttpBindings } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import type { Registry } from 'prom-client'
import { strictTransport } from '../http/graphql-guard.ts'
import type { Logger } from '../monitoring/log.ts'
import { type Brand, createBrand } from './brand.ts'
import { createGraphiQL } from './graphiql.ts'
import { createSecurePage, type SecurePageDeps } from './secure-page.ts'
import { securePageStyleHash } from './secure-page-views.ts'

export interface PagesDeps extends Omit<SecurePageDeps, 'brandName'> {
  brand: Brand
  /** Folder of the built client. */
  clientDir: string
  /** Origin of the Portmone Service as the SDK in the browser reaches it. */
  portmoneOrigin: string
  graphiql: boolean
  /** Null keeps metrics off. */
  registry: Registry | null
  /** Rejects, and says why, while the gateway should get no traffic. */
  checkReady: () => Promise<void>
  log: Logger
}

/** Everything over HTTP that is not a GraphQL operation. */
export function createPages(deps: PagesDeps) {
  const { brand, clientDir, portmoneOrigin, graphiql, registry, checkReady, secure, log } = deps
  const app = new Hono<{ Bindings: HttpBindings }>()

  app.use(
    secureHeaders({
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
      strictTransportSecurity: secure && strictTransport,
    }),
  )
  app.use(async (context, next) => {
    // Set before the page is made, so that one with a policy of its own can set that in its place.
    context.header('Content-Security-Policy', policyOf(portmoneOrigin))
    await next()
  })

  app.get('/healthz', (context) => context.text('ok'))
  app.get('/readyz', async (context) => {
    try {
      await checkReady()
      return context.text('ready')
    } catch (error) {
      log.warn({ err: error }, 'not ready')
      return context.text('not ready', 503)
    }
  })
  if (registry !== null)
    app.get('/metrics', async (context) =>
      context.text(await registry.metrics(), 200, { 'content-type': registry.contentType }),
    )

  if (graphiql) {
    let page: ReturnType<typeof createGraphiQL> | undefined
    app.get('/graphql', async (context) => {
      if (!context.req.header('accept')?.includes('text/html')) return postOnly()
      page ??= createGraphiQL()
      const { gzipped, policy } = await page
      context.header('Content-Security-Policy', policy)
      context.header('Content-Encoding', 'gzip')
      return context.body(gzipped, 200, { 'content-type': 'text/html; charset=utf-8' })
    })
  }
  app.all('/graphql', postOnly)

  app.use('/secure', async (context, next) => {
    context.header('Cache-Control', 'no-store')
    await next()
  })
  app.route('/', createSecurePage({ ...deps, brandName: brand.name }))
  app.route('/', createBrand(brand))

  if (existsSync(clientDir)) app.get('*', serveClient(clientDir))
  else log.warn('the client is not built, so there is no page at /: npm run build')
  app.notFound((context) => context.text('There is nothing here.', 404))
  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse()
    log.error({ err: error }, 'a page failed')
    return context.text('Unexpected error.', 500)
  })
  return app
}

/** The page runs its own script, speaks with the gateway and, for the SDK, with Portmone; nothing else. */
const policyOf = (portmoneOrigin: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${securePageStyleHash}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${portmoneOrigin}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** The built client, compressed as it was built. What stands under assets/ has its hash in its name. */
const serveClient = (root: string) =>
  serveStatic({
    root,
    precompressed: true,
    onFound: (path, context) =>
      context.header(
        'Cache-Control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ),
  })

const postOnly = () =>
  Response.json(
    {
      errors: [
        {
          message: 'GraphQL is answered on POST only, so that no secret stands in a URL.',
          extensions: { code: 'METHOD_NOT_ALLOWED' },
        },
      ],
    },
    { status: 405, headers: { allow: 'POST', 'content-type': 'application/json; charset=utf-8' } },
  )
