import type { PendingShareRequest } from '../share-requests/share-request.ts'

/** When the watcher asks, and for how long it waits. All in milliseconds. */
export interface WatcherSettings {
  /** Between checks of a request that is followed: this at first, then longer as it grows older, up to `watchedMost`. */
  watchedLeast: number
  watchedMost: number
  /** Between checks of a request that nobody follows. */
  sweep: number
  /** How long after the deadline an unreachable Portmone is waited for before the request expires unasked. */
  expiryGrace: number
  /** How long after the approval facts that cannot be had are tried for. */
  factsHorizon: number
  /** How long one piece of work may take, all its upstream calls and their retries included. */
  lease: number
  /** How long a subscriber counts as live unless renewed. */
  watchTtl: number
}

export const defaultWatcherSettings: WatcherSettings = {
  watchedLeast: 2_000,
  watchedMost: 15_000,
  sweep: 60_000,
  expiryGrace: 60_000,
  factsHorizon: 900_000,
  lease: 60_000,
  watchTtl: 60_000,
}

const clamp = (least: number, value: number, most: number) => Math.min(Math.max(least, value), most)

/** When the next check of `request` is due, after one at `now`: never later than its deadline. */
export function nextCheckAt(
  settings: WatcherSettings,
  request: PendingShareRequest,
  watched: boolean,
  now: number,
) {
  const { watchedLeast, watchedMost, sweep } = settings
  if (request.approvedAt !== null) return nextPullAt(settings, request.approvedAt, now)
  if (now >= request.expiresAt) return now + watchedLeast
  const interval = watched ? clamp(watchedLeast, (now - request.createdAt) / 20, watchedMost) : sweep
  return Math.min(now + interval, request.expiresAt)
}

/** When facts that could not be had at `now` are pulled again: ever more rarely, and a last time at the horizon. */
export function nextPullAt(settings: WatcherSettings, approvedAt: number, now: number) {
  const pause = clamp(1_000, (now - approvedAt) / 2, 60_000)
  const horizon = approvedAt + settings.factsHorizon
  return now >= horizon ? now + pause : Math.min(now + pause, horizon)
}
