import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type EnvironmentOptions } from 'vite'
import { browsers } from './browsers.ts'
import { compressed } from './compressed.ts'
import { graphqlDocuments } from './graphql-documents.ts'
import { selfContained } from './self-contained.ts'

const gateway = process.env.GATEWAY_URL ?? 'http://127.0.0.1:4000'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const pages = { customer: path('index.html'), partner: path('partner/index.html') }

/** One script for each page, inlined in the page. */
const output = { codeSplitting: false }

/** Reading a property has no effect, in our code or a library's. */
const treeshake = { propertyReadSideEffects: false } as const

/** Each page is built separately, so that it contains only what it uses. */
const builds: Record<string, EnvironmentOptions> = {
  client: { build: { rollupOptions: { input: { customer: pages.customer }, output, treeshake } } },
  partner: {
    consumer: 'client',
    build: {
      emptyOutDir: false,
      copyPublicDir: false,
      rollupOptions: { input: { partner: pages.partner }, output },
    },
  },
}

export default defineConfig(({ command }) => ({
  root: path('.'),
  // The gateway may be served under a path.
  base: './',
  plugins: [graphqlDocuments(), react(), selfContained(), compressed({ firstLoadLimit: 100 * 1024 })],
  resolve: {
    conditions: ['@portmone-gateway/source', ...defaultClientConditions],
    dedupe: ['react', 'react-dom', 'graphql'],
  },
  build: {
    target: browsers,
    cssTarget: browsers,
    outDir: 'dist',
    emptyOutDir: true,
    // The page's Content-Security-Policy allows no data: URL but for images.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
  environments: command === 'build' ? builds : {},
  builder: {},
  optimizeDeps: { entries: Object.values(pages) },
  server: {
    host: '127.0.0.1',
    // Keeps the page's Host, because the gateway compares it with the Origin.
    proxy: {
      '/graphql': { target: gateway, ws: true, changeOrigin: false },
      '/secure': { target: gateway, changeOrigin: false },
      '/brand': { target: gateway, changeOrigin: false },
      // The gateway serves the page at both addresses; Vite only at the one with a slash.
      '^/partner(\\?|$)': { bypass: () => '/partner/' },
    },
  },
}))
