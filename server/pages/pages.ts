import { existsSync } from 'node:fs'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import type { Registry } from 'prom-client'
import { errorCodes } from '../graphql/error-codes.ts'
import { fieldError } from '../graphql/errors.ts'
import { strictTransport } from '../http/graphql-guard.ts'
import type { Logger } from '../monitoring/log.ts'
import { StoreUnavailable } from '../share-requests/store.ts'
import { type Brand, brandNameOf, createBrand } from './brand.ts'
import { createClientFiles } from './client-files.ts'
import { contentSecurityPolicy, trustedTypes } from './content-security-policy.ts'
import { createGraphiQL, requireGraphiQL } from './graphiql.ts'
import { createSecurePage, type SecurePageDeps } from './secure-page.ts'
import { securePageStyleHash } from './secure-page-views.ts'

export interface PagesDeps extends Omit<SecurePageDeps, 'brandName'> {
  brand: Brand
  /** Where the hosted page may lead customers back to. */
  returnOrigins: readonly string[]
  /** Folder of the built client. */
  clientDir: string
  /** Origin of the Portmone Service as the SDK in the browser reaches it. */
  portmoneOrigin: string
  graphiql: boolean
  /** Null turns metrics off. */
  registry: Registry | null
  /** Rejects with the reason while the gateway should get no traffic. */
  checkReady: () => Promise<void>
  onNotReady: (reason: unknown) => void
  /** Logs an error. @returns the ID under which it is logged. */
  reportError: (error: unknown) => string
  log: Logger
}

/** Everything over HTTP that is not a GraphQL operation. */
export function createPages(deps: PagesDeps) {
  const { brand, clientDir, portmoneOrigin, graphiql, registry, checkReady, basePath, secure, log } = deps
  const { returnOrigins, onNotReady, reportError } = deps
  const app = new Hono<{ Bindings: HttpBindings }>()

  app.use(
    secureHeaders({
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
      strictTransportSecurity: secure && strictTransport,
      permissionsPolicy: Object.fromEntries(unusedFeatures.map((feature) => [feature, false])),
    }),
  )
  app.use(async (context, next) => {
    // Set first, because a page may override them.
    context.header('Content-Security-Policy', defaultPolicy)
    await next()
  })

  app.get('/healthz', (context) => context.text('ok'))
  app.get('/readyz', async (context) => {
    try {
      await checkReady()
      return context.text('ready')
    } catch (error) {
      onNotReady(error)
      return context.text('not ready', 503)
    }
  })
  if (registry !== null)
    app.get('/metrics', async (context) =>
      context.text(await registry.metrics(), 200, { 'content-type': registry.contentType }),
    )

  if (graphiql) {
    requireGraphiQL()
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
  app.route('/', createSecurePage({ ...deps, brandName: (context) => brandNameOf(brand, context) }))
  app.route('/', createBrand(brand, { basePath, returnOrigins }))

  if (existsSync(clientDir))
    app.route(
      '/',
      createClientFiles({
        dir: clientDir,
        basePath,
        policyOf: (sources) =>
          contentSecurityPolicy({
            ...sources,
            connect: ["'self'", portmoneOrigin],
            more: trustedTypes,
          }),
      }),
    )
  else log.warn('the client is not built, so there is no page at /. Run: npm run build')
  app.notFound((context) => context.text('Not found.', 404))
  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse()
    const id = reportError(error)
    const status = error instanceof StoreUnavailable ? 503 : 500
    return context.text(`Unexpected error. Quote ${id} to the gateway's operator.`, status)
  })
  return app
}

/** For all answers but the client's pages and GraphiQL. Only the secure page has styles, and none has scripts. */
const defaultPolicy = contentSecurityPolicy({ styles: [securePageStyleHash], more: trustedTypes })

/** Browser features that no page uses, so that no script in one can use them either. */
const unusedFeatures = [
  'accelerometer',
  'camera',
  'displayCapture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickeyCredentialsGet',
  'usb',
] as const

const postOnly = () =>
  Response.json(
    { errors: [fieldError('METHOD_NOT_ALLOWED', 'Use POST: GET would put secrets into URLs.')] },
    {
      status: errorCodes.METHOD_NOT_ALLOWED.status,
      headers: { allow: 'POST', 'content-type': 'application/json; charset=utf-8' },
    },
  )
