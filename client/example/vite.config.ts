import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'
import { graphqlDocuments } from '../graphql-documents.ts'

const gateway = process.env.GATEWAY_URL ?? 'http://127.0.0.1:4000'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [graphqlDocuments(), react()],
  resolve: {
    conditions: ['@portmone-gateway/source', ...defaultClientConditions],
    dedupe: ['react', 'react-dom', 'graphql'],
  },
  build: { outDir: 'dist', emptyOutDir: true, reportCompressedSize: false },
  server: {
    host: '127.0.0.1',
    port: 5174,
    // Keeps the page's Host: the gateway compares it with the Origin.
    proxy: { '/graphql': { target: gateway, ws: true, changeOrigin: false } },
  },
  preview: { host: '127.0.0.1' },
})
