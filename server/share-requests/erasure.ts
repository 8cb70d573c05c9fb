import type { Monitor } from './monitor.ts'
import type { Store } from './store.ts'

interface Deps {
  store: Pick<Store, 'erase'>
  monitor: Pick<Monitor, 'erased'>
}

/**
 * Erases one share request at the operator's request, whatever its state: it is no longer found, its clientSecret is
 * worthless, and its subscriptions end. Nothing tells the customer's phone: a code that is still shown there leads
 * nowhere. The trace that remains is the id in the log.
 * @returns whether the share request existed.
 */
export async function erase({ store, monitor }: Deps, id: string): Promise<boolean> {
  const existed = await store.erase(id)
  if (existed) monitor.erased(id)
  return existed
}
