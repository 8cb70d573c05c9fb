import { mergeConfig } from 'vitest/config'
import base from '../vitest.config.ts'

/** Tests that need tools of the operating system and are therefore not part of `npm test`. */
const config = mergeConfig(base, { test: { testTimeout: 60_000, hookTimeout: 600_000 } })
config.test.include = ['test/deploy/*.deploy.ts']

export default config
