import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { expect, test } from 'vitest'

const configFile = fileURLToPath(new URL('vite.config.ts', import.meta.url))

test.each([
  ['/', 'Portmone'],
  ['/?policy=age-over-18', 'Portmone'],
  ['/partner', 'Share requests'],
  ['/partner?lang=uk', 'Share requests'],
  ['/partner/', 'Share requests'],
])('the development server has the page at %s that the gateway has there', async (address, title) => {
  const server = await createServer({ configFile, logLevel: 'silent', server: { port: 0, ws: false } })
  try {
    await server.listen()
    const url = new URL(address, server.resolvedUrls?.local[0])
    const page = await (await fetch(url, { headers: { accept: 'text/html' } })).text()
    expect(page).toContain(`<title>${title}</title>`)
  } finally {
    await server.close()
  }
})
