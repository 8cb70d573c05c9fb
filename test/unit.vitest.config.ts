import { mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** Every test that starts no process, database server or browser: components run in happy-dom, the domain on a virtual clock. */
const config = mergeConfig(base, {})
config.test.include = [
  'test/unit/**/*.test.ts',
  'test/docs/{decisions,project-files}.test.ts',
  'test/graphql/{executors,facts-fetching,scalars}.test.ts',
  'test/monitoring/{log-limiter,upstream-log}.test.ts',
  'client/{page,partner,test,ui,verification}/**/*.test.{ts,tsx}',
  'portmone/sdk-react/**/*.test.tsx',
]
// Reads the built pages, which a clean checkout does not have.
config.test.exclude = ['client/test/browsers.test.ts']
export default config
