import { mergeConfig } from 'vitest/config'
import base from '../vitest.config.ts'

/** The package as others install it: needs the npm registry, and so is not part of `npm test`. */
const config = mergeConfig(base, {
  test: { globalSetup: 'test/package/pack.ts', testTimeout: 120_000, hookTimeout: 300_000 },
})
config.test.include = ['test/package/*.package.ts']

export default config
