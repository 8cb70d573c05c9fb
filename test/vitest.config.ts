import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { NamedTestsReporter } from './support/named-tests-reporter.ts'

/** The workspace packages are tested as sources. */
const source = '@portmone-gateway/source'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  resolve: { dedupe: ['react', 'react-dom'], conditions: [source, ...defaultClientConditions] },
  // As Node resolves them, so that there is one graphql for all.
  ssr: { resolve: { conditions: [source, 'module-sync', 'node'] } },
  test: {
    include: ['test/**/*.test.{ts,tsx}', 'client/**/*.test.{ts,tsx}', 'portmone/**/*.test.{ts,tsx}'],
    reporters: ['default', new NamedTestsReporter()],
    setupFiles: ['test/support/setup.ts'],
    // Most tests wait for processes, browsers and timers, so that there can be more of them than cores.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 20_000,
    // Vitest's second is too short for a browser beside other tests.
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
  },
})
