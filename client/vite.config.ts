import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './compressed.ts'

const gateway = process.env.GATEWAY_URL ?? 'http://127.0.0.1:4000'

const page = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: page('.'),
  plugins: [react(), compressed({ firstLoadLimit: 120 * 1024 })],
  resolve: { dedupe: ['react', 'react-dom', 'graphql'] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The page's Content-Security-Policy allows no data: URL but for images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: { customer: page('index.html'), partner: page('partner/index.html') } },
  },
  server: {
    host: '127.0.0.1',
    // The Host stays the page's own, or the gateway would take its Origin for a stranger's.
    proxy: {
      '/graphql': { target: gateway, ws: true, changeOrigin: false },
      '/secure': { target: gateway, changeOrigin: false },
      '/brand': { target: gateway, changeOrigin: false },
    },
  },
})
