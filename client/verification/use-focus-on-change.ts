import { type RefObject, useEffect, useRef, useState } from 'react'

/**
 * When `shown` changes, moves the focus to the heading within `container`: what had the focus is mostly gone by then,
 * and what has changed is to be read. Where the customer is busy elsewhere on the page, the focus stays there.
 * @returns the heading's text in that case, for a live region; else nothing.
 */
export function useFocusOnChange(container: RefObject<HTMLElement | null>, shown: string): string {
  const before = useRef(shown)
  const [unfocused, setUnfocused] = useState('')
  useEffect(() => {
    if (before.current === shown) return
    before.current = shown
    const heading = container.current?.querySelector<HTMLElement>('h2')
    const { activeElement, body } = document
    const isElsewhere =
      activeElement !== null && activeElement !== body && !container.current?.contains(activeElement)
    if (!isElsewhere) heading?.focus()
    setUnfocused(isElsewhere ? (heading?.textContent ?? '') : '')
  }, [container, shown])
  return unfocused
}
