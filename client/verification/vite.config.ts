import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { browsers } from '../browsers.ts'
import { graphqlDocuments } from '../graphql-documents.ts'
import manifest from './package.json' with { type: 'json' }

const installed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]

/** The package that other applications install. What it depends on is not bundled. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [graphqlDocuments(), react()],
  build: {
    target: browsers,
    cssTarget: browsers,
    lib: {
      entry: { index: 'index.ts', headless: 'headless.ts', cache: 'cache.ts' },
      formats: ['es'],
      cssFileName: 'style',
    },
    rolldownOptions: {
      external: (id) => installed.some((name) => id === name || id.startsWith(`${name}/`)),
      output: { banner: "'use client';" },
    },
  },
})
