import { ChangeLog } from './share-requests/change-log.ts'
import { realTimers, type Timers } from './share-requests/clock.ts'
import type { IdentityService } from './share-requests/identity-service.ts'
import type { Monitor } from './share-requests/monitor.ts'
import type { Policy } from './share-requests/policies.ts'
import type { RateLimits } from './share-requests/rate-limits.ts'
import { ShareRequests } from './share-requests/share-requests.ts'
import type { Store } from './share-requests/store.ts'
import { Topics } from './share-requests/topics.ts'
import { Budget } from './watcher/budget.ts'
import { ChangeFeed } from './watcher/change-feed.ts'
import { PollingWatcher } from './watcher/polling-watcher.ts'
import { Retention } from './watcher/retention.ts'
import type { WatcherSettings } from './watcher/schedule.ts'

export interface CoreOptions {
  store: Store
  identityService: IdentityService
  policies: readonly Policy[]
  /** The gateway's own secret, from which every clientSecret is derived. */
  gatewaySecret: string
  /** The secret before a rotation, whose clientSecrets are still accepted. */
  previousGatewaySecret?: string | null
  /** Host that customers see in the address of the page; null if it is not known. */
  publicHost: string | null
  limits: RateLimits
  /** How many share requests one caller may create in a minute. */
  createsPerMinute: number
  /** How often a minute callers may have one share request checked. */
  checksPerMinute: number
  monitor: Monitor
  settings: WatcherSettings
  /** Upstream requests per second, of all gateways that share the store. */
  upstreamBudget: number
  /** How long a terminal share request is kept. */
  retentionMs: number
  timers?: Timers
}

export interface Core {
  shareRequests: ShareRequests
  /** Subscriptions that are open in this process. */
  readonly subscribers: number
  start(): void
  /** Starts nothing new, and resolves when everything in progress has ended. */
  stop(): Promise<void>
}

/** The use cases together with their background work, without any transport. */
export function createCore(options: CoreOptions): Core {
  const topics = new Topics()
  const budget = new Budget(options.upstreamBudget, options.timers ?? realTimers)
  const watcher = new PollingWatcher({ ...options, budget, watchedIds: () => topics.ids() })
  const { leaseMs } = options.settings
  const changeLog = new ChangeLog(options)
  const shareRequests = new ShareRequests({ ...options, leaseMs, topics, changeLog, watcher, budget })
  const changes = new ChangeFeed({ ...options, topics })
  const retention = new Retention(options)
  return {
    shareRequests,
    get subscribers() {
      return topics.size + changeLog.size
    },
    start() {
      changes.start()
      changeLog.start()
      watcher.start()
      retention.start()
    },
    async stop() {
      await Promise.all([shareRequests.idle(), watcher.stop(), retention.stop()])
      changes.stop()
      changeLog.stop()
    },
  }
}
