import { useMemo, useSyncExternalStore } from 'react'
import { queryOf, type View, viewOf } from './filter.ts'

/** `popstate` is not fired for what the page itself does. */
const navigated = new EventTarget()

/** What the address says. It follows Back and Forward. */
export function useView(): View {
  const query = useSyncExternalStore(subscribe, () => location.search)
  return useMemo(() => viewOf(query), [query])
}

/** Changes the address. With `replace`, Back does not return to the present one. */
export function navigate(view: View, { replace = false } = {}): void {
  const url = `${location.pathname}${queryOf(view)}`
  if (url === location.pathname + location.search) return
  if (replace) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  navigated.dispatchEvent(new Event('navigate'))
}

function subscribe(onChange: () => void) {
  window.addEventListener('popstate', onChange)
  navigated.addEventListener('navigate', onChange)
  return () => {
    window.removeEventListener('popstate', onChange)
    navigated.removeEventListener('navigate', onChange)
  }
}
