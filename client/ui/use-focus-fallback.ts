import { type RefObject, useLayoutEffect } from 'react'

/** When `scope` unmounts with the focus inside it, moves the focus to `fallback` so that it is not lost. */
export function useFocusFallback(
  scope: RefObject<HTMLElement | null>,
  fallback: RefObject<HTMLElement | null>,
) {
  useLayoutEffect(() => {
    const element = scope.current
    return () => {
      // The element is still in the document when this runs.
      if (element?.contains(document.activeElement)) fallback.current?.focus()
    }
  }, [scope, fallback])
}
