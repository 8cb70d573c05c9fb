import { type RefObject, useLayoutEffect } from 'react'

/** When `leaving` goes with the focus in it, the focus goes on to `heir`, instead of being lost. */
export function useFocusHeir(leaving: RefObject<HTMLElement | null>, heir: RefObject<HTMLElement | null>) {
  useLayoutEffect(() => {
    const element = leaving.current
    return () => {
      // It still stands in the page by now.
      if (element?.contains(document.activeElement)) heir.current?.focus()
    }
  }, [leaving, heir])
}
