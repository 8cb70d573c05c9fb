import { readFileSync } from 'node:fs'
import { type Finding, ok, warning } from './finding.ts'

/** Files besides the customers' connections: the store, the log, and connections to PostgreSQL and Portmone. */
const otherFiles = 200

/** @param limit of open files per process; Infinity for none. */
export function checkOpenFiles(maxConnections: number, limit: number): Finding {
  const needed = maxConnections + otherFiles
  if (limit >= needed)
    return ok('open files', limit === Number.POSITIVE_INFINITY ? 'unlimited' : `a process may open ${limit}`)
  return warning(
    'open files',
    `a process may open ${limit}, but MAX_CONNECTIONS is ${maxConnections}. Raise the limit to at least ${needed} (ulimit -n, LimitNOFILE in systemd), or lower MAX_CONNECTIONS.`,
  )
}

/** Node raises its soft limit to the hard one when it starts. Null if the operating system does not report it. */
export function openFileLimit(): number | null {
  try {
    const [, soft] = /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    if (soft === undefined) return null
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return null
  }
}
