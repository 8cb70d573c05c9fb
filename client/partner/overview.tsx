import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { flushSync } from 'react-dom'
import buttons from '../ui/button.module.css'
import { FocusScope } from '../ui/focus-scope.tsx'
import text from '../ui/text.module.css'
import { Connection } from './connection.tsx'
import { Detail } from './detail.tsx'
import { type Filter, noFilter, queryOf } from './filter.ts'
import { Filters } from './filters.tsx'
import { LiveList } from './live-list.ts'
import { numberIn, useTexts } from './locale.ts'
import styles from './overview.module.css'
import type { PartnerClient } from './partner-client.ts'
import page from './partner-page.module.css'
import { explained } from './problem.ts'
import { ResultFilter, useCountText } from './result-filter.tsx'
import { ShareRequestList } from './share-request-list.tsx'
import { useAnnouncement } from './use-announcement.ts'
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
  const { t, locale } = useTexts()
  const view = useView()
  const { filter, openId } = view
  const [live] = useState(() => new LiveList(partner, startCursor))
  const state = useSyncExternalStore(live.subscribe, live.getState)
  const { list, counts, problem, isLoading, isLoadingMore, isLive } = state
  const heading = useRef<HTMLHeadingElement>(null)
  const listElement = useRef<HTMLDivElement>(null)
  const shown = useRef<HTMLParagraphElement>(null)
  const announcement = useAnnouncement(state)
  const countText = useCountText()

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

  const total = counts?.[filter.result ?? 'ALL']
  const isFiltered = filterText !== JSON.stringify(noFilter)
  return (
    <>
      <div className={page.title}>
        <h2 ref={heading} tabIndex={-1}>
          {t.title}
        </h2>
        <Connection isLive={isLive} onRefresh={() => live.refresh()} focusFallback={heading} />
        <button type="button" className={buttons.quiet} onClick={onSignOut}>
          {t.signOut}
        </button>
      </div>
      <div className={styles.controls} data-open={openId !== null}>
        <Filters policies={policies} filter={filter} onFilter={show} />
        <ResultFilter
          counts={counts}
          selected={filter.result}
          onSelect={(result) => show({ ...filter, result })}
        />
      </div>
      <div className={styles.columns} data-open={openId !== null}>
        <div className={styles.overview}>
          {problem !== null && (
            <div role="alert" className={page.problem}>
              <p>{explained(t, problem)}</p>
            </div>
          )}
          <p role="status" className={text.hidden}>
            {announcement}
          </p>
          {isLoading && list === null && <p className={text.muted}>{t.loading}</p>}
          <div ref={listElement} aria-busy={isLoading} className={styles.list}>
            {list !== null && list.items.length > 0 && (
              <ShareRequestList
                items={list.items}
                openId={openId}
                changedIds={state.changedIds}
                hrefOf={(id) => queryOf({ filter, openId: id })}
                onOpen={(id) => navigate({ filter, openId: id })}
                focusFallback={heading}
              />
            )}
          </div>
          {list?.items.length === 0 && list.end === null && (
            <div className={styles.none}>
              <p>{isFiltered ? t.none : t.noneYet}</p>
              {isFiltered && (
                <FocusScope fallback={heading}>
                  <button type="button" className={buttons.quiet} onClick={() => show(noFilter)}>
                    {t.resetFilter}
                  </button>
                </FocusScope>
              )}
            </div>
          )}
          {list !== null && (list.items.length > 0 || list.end !== null) && (
            <div className={styles.more}>
              <p ref={shown} tabIndex={-1} className={text.muted}>
                {total !== undefined && t.shown(numberIn(locale, list.items.length), countText(total))}
              </p>
              {list.end !== null && (
                <FocusScope fallback={shown}>
                  <button
                    type="button"
                    className={buttons.quiet}
                    aria-disabled={isLoadingMore}
                    onClick={() => live.loadMore()}
                  >
                    {isLoadingMore ? t.loading : t.loadMore}
                  </button>
                </FocusScope>
              )}
            </div>
          )}
        </div>
        {openId !== null && (
          <Detail key={openId} id={openId} live={live} focusFallback={heading} onClose={close} />
        )}
      </div>
    </>
  )
}
