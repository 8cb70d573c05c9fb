import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  resolve: { dedupe: ['graphql', 'react', 'react-dom'] },
  test: {
    include: ['test/**/*.test.{ts,tsx}', 'client/**/*.test.{ts,tsx}', 'portmone/**/*.test.{ts,tsx}'],
    setupFiles: ['test/support/setup.ts'],
    server: { deps: { inline: [/graphql/, /@pothos/, /@envelop/] } },
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
