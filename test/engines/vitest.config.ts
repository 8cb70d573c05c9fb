import { mergeConfig } from 'vitest/config'
import base from '../vitest.config.ts'

/** What needs browsers of the operating system, and so is not part of `npm test`. */
const config = mergeConfig(base, { test: { testTimeout: 90_000, hookTimeout: 90_000 } })
config.test.include = ['test/engines/*.engine.ts']

export default config
