import type { Monitor } from './monitor.ts'
import type { Store } from './store.ts'

interface Deps {
  store: Pick<Store, 'erase'>
  monitor: Pick<Monitor, 'erased'>
}

/**
 * Erases one share request at the operator's request, whatever its state: it is no longer found, its clientSecret is
 * invalid, and its subscriptions end. The customer's phone is not notified: a code that it still shows leads nowhere.
 * Only the ID in the log remains.
 * @returns whether the share request existed.
 */
export async function erase({ store, monitor }: Deps, id: string): Promise<boolean> {
  const existed = await store.erase(id)
  if (existed) monitor.erased(id)
  return existed
}
