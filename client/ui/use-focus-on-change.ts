import { type RefObject, useEffect, useRef, useState } from 'react'

/**
 * When `shown` changes, moves the focus to the heading inside `container`, because the element that had it is usually
 * gone. If the focus is elsewhere on the page, it stays there.
 * @returns the heading's text in that case, for a live region; otherwise ''.
 */
export function useFocusOnChange(container: RefObject<HTMLElement | null>, shown: string): string {
  const previous = useRef(shown)
  const [announcement, setAnnouncement] = useState('')
  useEffect(() => {
    if (previous.current === shown) return
    previous.current = shown
    const heading = container.current?.querySelector<HTMLElement>('h2')
    const { activeElement, body } = document
    const isElsewhere =
      activeElement !== null && activeElement !== body && !container.current?.contains(activeElement)
    if (!isElsewhere) heading?.focus()
    setAnnouncement(isElsewhere ? (heading?.textContent ?? '') : '')
  }, [container, shown])
  return announcement
}
