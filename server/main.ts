import { ConfigError, readConfig } from './config.ts'
import { startGateway } from './gateway.ts'
import { ListenError } from './http/server.ts'
import { createLog } from './monitoring/log.ts'
import { PoliciesFileError } from './share-requests/policies.ts'
import { StoreUnavailable } from './share-requests/store.ts'

/** What an operator can mend is said in one plain message; anything else is a fault of ours and shows its stack. */
const mendable = [ConfigError, PoliciesFileError, ListenError, StoreUnavailable]

try {
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  const gateway = await startGateway({ config, log })
  process.send?.({ listening: gateway.url })
  const stop = async (signal: NodeJS.Signals) => {
    log.info({ signal }, 'shutting down')
    await gateway.stop()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
} catch (error) {
  const isMendable = mendable.some((type) => error instanceof type)
  console.error(isMendable ? (error as Error).message : error)
  process.exitCode = 1
}
