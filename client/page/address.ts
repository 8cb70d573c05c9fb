import { useSyncExternalStore } from 'react'
import { type Locale, locales } from '../verification/index.ts'

/** What the address bar says. No secret ever stands there. */
export interface Address {
  /** `?policy=`: the policy that is chosen. */
  policy: string | null
  /** `?lang=`: the language that the customer chose. */
  locale: Locale | null
  /** Whether the customer pressed Verify. It belongs to the entry of the history, so that a link alone begins nothing. */
  verifying: boolean
}

function read(): Address {
  const parameters = new URLSearchParams(location.search)
  const lang = parameters.get('lang')
  return {
    policy: parameters.get('policy'),
    locale: locales.find((locale) => locale === lang) ?? null,
    verifying: typeof history.state === 'object' && history.state !== null && 'verifying' in history.state,
  }
}

const listeners = new Set<() => void>()
let current: Address = read()

function changed() {
  current = read()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) window.addEventListener('popstate', changed)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) window.removeEventListener('popstate', changed)
  }
}

export const useAddress = () => useSyncExternalStore(subscribe, () => current)

export function hrefOf({ policy, locale }: Pick<Address, 'policy' | 'locale'>): string {
  const parameters = new URLSearchParams()
  if (policy !== null) parameters.set('policy', policy)
  if (locale !== null) parameters.set('lang', locale)
  return parameters.size === 0 ? '/' : `/?${parameters}`
}

/** Goes there; with `replace`, in place of the present entry of the history. */
export function go(address: Address, { replace = false } = {}): void {
  const state = address.verifying ? { verifying: true } : null
  if (replace) history.replaceState(state, '', hrefOf(address))
  else history.pushState(state, '', hrefOf(address))
  changed()
}
