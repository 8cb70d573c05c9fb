import { useSyncExternalStore } from 'react'
import { type Locale, locales } from '../ui/locales.ts'

/** What the address bar says. No secret ever stands there. */
export interface Address {
  /** `?policy=`: the policy that is chosen. */
  policy: string | null
  /** `?lang=`: the language that the customer chose, which holds for the visit. */
  locale: Locale | null
  /** Whether a verification is shown. It belongs to the entry of the history, so that a link alone shows none. */
  verifying: boolean
  /** Whether the customer came here by pressing Verify. A reload or a step in the history is no press. */
  pressed: boolean
}

const known = (lang: string | null): Locale | null => locales.find((locale) => locale === lang) ?? null

const storedName = 'chosen-language'

/** Of an earlier look at the page in this tab. */
function storedLocale(): Locale | null {
  try {
    return known(sessionStorage.getItem(storedName))
  } catch {
    return null
  }
}

function store(locale: Locale | null) {
  try {
    if (locale === null) sessionStorage.removeItem(storedName)
    else sessionStorage.setItem(storedName, locale)
  } catch {
    // Storage is forbidden or full: the language then stands in the address alone.
  }
}

function read(): Address {
  const parameters = new URLSearchParams(location.search)
  return {
    policy: parameters.get('policy'),
    locale: known(parameters.get('lang')),
    verifying: typeof history.state === 'object' && history.state !== null && 'verifying' in history.state,
    pressed: false,
  }
}

const listeners = new Set<() => void>()
let current = opened()

/** A link says its own language; one that says none is read in the one that was chosen before. */
function opened(): Address {
  const address = read()
  const locale = address.locale ?? storedLocale()
  store(locale)
  return { ...address, locale }
}

function set(address: Address) {
  current = address
  for (const listener of listeners) listener()
}

/** An entry of the history may be older than the choice of the language, and say another. */
function travelled() {
  const address = read()
  const locale = current.locale ?? address.locale
  if (address.locale === locale) set(address)
  else go({ ...address, locale }, { replace: true })
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) window.addEventListener('popstate', travelled)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) window.removeEventListener('popstate', travelled)
  }
}

export const useAddress = () => useSyncExternalStore(subscribe, () => current)

export function hrefOf({ policy, locale }: Pick<Address, 'policy' | 'locale'>): string {
  const parameters = new URLSearchParams()
  if (policy !== null) parameters.set('policy', policy)
  if (locale !== null) parameters.set('lang', locale)
  return parameters.size === 0 ? './' : `./?${parameters}`
}

/** Goes there; with `replace`, in place of the present entry of the history. */
export function go(address: Address, { replace = false } = {}): void {
  const state = address.verifying ? { verifying: true } : null
  if (replace) history.replaceState(state, '', hrefOf(address))
  else history.pushState(state, '', hrefOf(address))
  store(address.locale)
  set(address)
}
