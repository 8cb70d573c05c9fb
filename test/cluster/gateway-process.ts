import { flushCompileCache } from 'node:module'
import { readConfig } from '../../server/config.ts'
import { startGateway } from '../../server/gateway.ts'
import { createLog } from '../../server/monitoring/log.ts'
import type { WatcherSettings } from '../../server/watcher/schedule.ts'

/** Like server/main.ts, with watcher settings from WATCHER_SETTINGS (JSON): a test cannot wait for the default lease. */
const watcher: Partial<WatcherSettings> = JSON.parse(process.env.WATCHER_SETTINGS ?? '{}')
const config = readConfig(process.env)
await startGateway({ config, watcher, log: createLog(config.logLevel) })
// A killed process cannot write it, and most of the time goes into starts.
flushCompileCache()
