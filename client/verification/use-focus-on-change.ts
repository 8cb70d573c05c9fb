import { type RefObject, useEffect, useRef } from 'react'

/**
 * When `shown` changes, moves the focus to the heading within `container`, unless the customer is busy elsewhere on
 * the page: what had the focus is mostly gone by then, and what has changed is to be read.
 */
export function useFocusOnChange(container: RefObject<HTMLElement | null>, shown: string): void {
  const before = useRef(shown)
  useEffect(() => {
    if (before.current === shown) return
    before.current = shown
    const { activeElement, body } = document
    const isElsewhere =
      activeElement !== null && activeElement !== body && !container.current?.contains(activeElement)
    if (!isElsewhere) container.current?.querySelector<HTMLElement>('h2')?.focus()
  }, [container, shown])
}
