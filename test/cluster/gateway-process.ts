import { flushCompileCache } from 'node:module'
import { readConfig } from '../../server/config.ts'
import { startGateway } from '../../server/gateway.ts'
import { createLog } from '../../server/monitoring/log.ts'
import type { WatcherSettings } from '../../server/watcher/schedule.ts'

/** As server/main.ts, with the watcher settings that WATCHER_SETTINGS holds as JSON: a test cannot wait for a lease. */
const watcher: Partial<WatcherSettings> = JSON.parse(process.env.WATCHER_SETTINGS ?? '{}')
const config = readConfig(process.env)
await startGateway({ config, watcher, log: createLog(config.logLevel) })
// Who is killed cannot write it, and starts are what takes the time.
flushCompileCache()
