import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { flushSync } from 'react-dom'
import buttons from '../ui/button.module.css'
import { Connection } from './connection.tsx'
import { Detail } from './detail.tsx'
import type { Filter } from './filter.ts'
import { Filters } from './filters.tsx'
import { Listing } from './listing.tsx'
import { LiveList } from './live-list.ts'
import { useTexts } from './locale.ts'
import styles from './overview.module.css'
import type { PartnerClient } from './partner-client.ts'
import page from './partner-page.module.css'
import { ResultFilter } from './result-filter.tsx'
import { navigate, useView } from './use-view.ts'

interface OverviewProps {
  partner: PartnerClient
  /** `changesCursor` of a list that was read before. */
  startCursor: string
  /** Names of all policies. */
  policies: string[]
  onSignOut: () => void
}

export function Overview({ partner, startCursor, policies, onSignOut }: OverviewProps) {
  const { t } = useTexts()
  const view = useView()
  const { filter, openId } = view
  const [live] = useState(() => new LiveList(partner, startCursor))
  const state = useSyncExternalStore(live.subscribe, live.getState)
  const heading = useRef<HTMLHeadingElement>(null)
  const listElement = useRef<HTMLDivElement>(null)

  useEffect(() => live.start(), [live])
  // Compared by what they say: opening a share request makes another object of the same filter.
  const filterText = JSON.stringify(filter)
  useEffect(() => live.show(JSON.parse(filterText)), [live, filterText])

  const show = (changed: Filter, isTyping = false) =>
    navigate({ ...view, filter: changed }, { replace: isTyping })

  function close() {
    const opener = listElement.current?.querySelector<HTMLElement>('[aria-current]')
    // On a narrow window it can be focused only when the list is back.
    flushSync(() => navigate({ filter, openId: null }))
    ;(opener ?? heading.current)?.focus()
  }

  return (
    <>
      <div className={page.title}>
        <h2 ref={heading} tabIndex={-1}>
          {t.title}
        </h2>
        <Connection isLive={state.isLive} onRefresh={() => live.refresh()} focusFallback={heading} />
        <button type="button" className={buttons.quiet} onClick={onSignOut}>
          {t.signOut}
        </button>
      </div>
      <div className={styles.controls} data-open={openId !== null}>
        <Filters policies={policies} filter={filter} onFilter={show} />
        <ResultFilter
          counts={state.counts}
          selected={filter.result}
          onSelect={(result) => show({ ...filter, result })}
        />
      </div>
      <div className={styles.columns} data-open={openId !== null}>
        <Listing live={live} state={state} view={view} focusFallback={heading} listElement={listElement} />
        {openId !== null && (
          <Detail key={openId} id={openId} live={live} focusFallback={heading} onClose={close} />
        )}
      </div>
    </>
  )
}
