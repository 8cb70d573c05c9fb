import { readConfig } from '../../server/config.ts'
import { ConfigError } from '../../server/environment.ts'

/** The errors that `readConfig` reports for this environment; none if it is valid. */
export function errorsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.errors
    throw error
  }
}
