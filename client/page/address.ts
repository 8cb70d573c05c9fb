import { useSyncExternalStore } from 'react'
import { type Locale, locales } from '../ui/locales.ts'

/** What the address bar says. It never holds a secret. */
export interface Address {
  /** `?policy=`: the verification that is shown; null for the choice of one. */
  policy: string | null
  /** `?reference=`: the partner's own reference for the share request. */
  reference: string | null
  /** `?return=`: where the customer goes on afterwards. Not to be followed before it is checked. */
  returnTo: string | null
  /** `?lang=`: the language that the customer chose, which holds for the visit. */
  locale: Locale | null
  /**
   * Whether the customer just asked for this verification, by pressing Verify or by following a link to it. A reload or
   * a step in the history does not ask for it again.
   */
  requested: boolean
}

/** The choice of a verification. */
export const start: Omit<Address, 'locale'> = {
  policy: null,
  reference: null,
  returnTo: null,
  requested: false,
}

/** The texts for a BCP 47 tag: `uk` for `uk-UA`. */
const known = (lang: string | null): Locale | null =>
  locales.find((locale) => locale === lang?.toLowerCase().split('-', 1)[0]) ?? null

const storedName = 'chosen-language'

/** The language of an earlier visit in this tab. */
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
    // Storage is forbidden or full: only the address holds the language then.
  }
}

function read(): Address {
  const parameters = new URLSearchParams(location.search)
  return {
    policy: parameters.get('policy') || null,
    reference: parameters.get('reference') || null,
    returnTo: parameters.get('return') || null,
    locale: known(parameters.get('lang')),
    requested: false,
  }
}

const listeners = new Set<() => void>()
let current = opened()

/**
 * A link's own language wins over the one chosen before. The mark in the history entry tells a link that was followed
 * from a reload, and from a return to this entry.
 */
function opened(): Address {
  const address = read()
  const locale = address.locale ?? storedLocale()
  store(locale)
  const requested = address.policy !== null && !isOpened(history.state)
  if (requested) history.replaceState({ opened: true }, '')
  return { ...address, locale, requested }
}

function isOpened(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'opened' in state
}

function set(address: Address) {
  current = address
  for (const listener of listeners) listener()
}

/** A history entry may be older than the choice of the language, and name another one. */
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

export function hrefOf({ policy, reference, returnTo, locale }: Omit<Address, 'requested'>): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries({ policy, reference, return: returnTo, lang: locale }))
    if (value !== null) parameters.set(name, value)
  return parameters.size === 0 ? './' : `./?${parameters}`
}

/** Goes there; with `replace`, in the present history entry. */
export function go(address: Address, { replace = false } = {}): void {
  const state = { opened: true }
  if (replace) history.replaceState(state, '', hrefOf(address))
  else history.pushState(state, '', hrefOf(address))
  store(address.locale)
  set(address)
}
