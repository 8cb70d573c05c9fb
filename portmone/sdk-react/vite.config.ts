import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { browsers } from '../../client/browsers.ts'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  build: {
    target: browsers,
    lib: { entry: 'index.ts', formats: ['es'], fileName: 'index' },
    rolldownOptions: {
      external: ['react', 'react/jsx-runtime', 'lean-qr/nano'],
      output: { banner: "'use client';" },
    },
  },
})
