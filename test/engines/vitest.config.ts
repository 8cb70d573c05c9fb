import { mergeConfig } from 'vitest/config'
import base from '../vitest.config.ts'

/** Tests that need the operating system's browsers and are therefore not part of `npm test`. */
const config = mergeConfig(base, { test: { testTimeout: 90_000, hookTimeout: 90_000 } })
config.test.include = ['test/engines/*.engine.ts']

export default config
