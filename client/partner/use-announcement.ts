import { useEffect, useRef, useState } from 'react'
import type { LiveListState } from './live-list.ts'
import { numberIn, useTexts } from './locale.ts'

/** Changes that follow one another are announced together, so that a screen reader can still be used. */
const delayMs = 5_000

/** What to announce: how many share requests are shown once they have loaded, and how many have changed since. */
export function useAnnouncement({ list, isLoading, changedIds }: LiveListState): string {
  const { t, locale } = useTexts()
  const [announcement, setAnnouncement] = useState('')
  const announced = useRef(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const loaded = isLoading ? null : (list?.items.length ?? null)
  const changed = changedIds.size

  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(() => {
    if (loaded === null || changed > 0) return
    announced.current = 0
    setAnnouncement(`${t.said_shown} ${numberIn(locale, loaded)}`)
  }, [loaded, changed, t, locale])
  useEffect(() => {
    if (changed <= announced.current) return
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setAnnouncement(`${t.said_changed} ${numberIn(locale, changed - announced.current)}`)
      announced.current = changed
    }, delayMs)
  }, [changed, t, locale])
  return announcement
}
