import { type RefObject, useRef } from 'react'
import buttons from '../ui/button.module.css'
import { FocusScope } from '../ui/focus-scope.tsx'
import text from '../ui/text.module.css'
import { noFilter, queryOf, type View } from './filter.ts'
import styles from './listing.module.css'
import type { LiveList, LiveListState } from './live-list.ts'
import { numberIn, useTexts } from './locale.ts'
import page from './partner-page.module.css'
import { explained } from './problem.ts'
import { useCountText } from './result-filter.tsx'
import { ShareRequestList } from './share-request-list.tsx'
import { useAnnouncement } from './use-announcement.ts'
import { navigate } from './use-view.ts'

interface ListingProps {
  live: LiveList
  state: LiveListState
  view: View
  /** Gets the focus when what has it disappears. */
  focusFallback: RefObject<HTMLElement | null>
  listElement: RefObject<HTMLDivElement | null>
}

/** The list, or why there is none, and how to get more of it. */
export function Listing({ live, state, view, focusFallback, listElement }: ListingProps) {
  const { t } = useTexts()
  const { list, problem, isLoading, changedIds } = state
  const { filter, openId } = view
  const announcement = useAnnouncement(state)
  const isEmpty = list !== null && list.items.length === 0 && list.end === null
  return (
    <div className={styles.listing}>
      {problem !== null && (
        <div className={page.problem}>
          <p role="alert">{explained(t, problem)}</p>
          <FocusScope fallback={focusFallback}>
            <button type="button" className={buttons.quiet} onClick={() => live.refresh()}>
              {t.refresh}
            </button>
          </FocusScope>
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
            changedIds={changedIds}
            hrefOf={(id) => queryOf({ filter, openId: id })}
            onOpen={(id) => navigate({ filter, openId: id })}
            focusFallback={focusFallback}
          />
        )}
      </div>
      {isEmpty && <Nothing view={view} focusFallback={focusFallback} />}
      {list !== null && !isEmpty && <More live={live} state={state} view={view} />}
    </div>
  )
}

function Nothing({ view, focusFallback }: Pick<ListingProps, 'view' | 'focusFallback'>) {
  const { t } = useTexts()
  const isFiltered = queryOf({ ...view, openId: null }) !== ''
  return (
    <div className={styles.nothing}>
      <p>{isFiltered ? t.none : t.noneYet}</p>
      {isFiltered && (
        <FocusScope fallback={focusFallback}>
          <button
            type="button"
            className={buttons.quiet}
            onClick={() => navigate({ ...view, filter: noFilter })}
          >
            {t.resetFilter}
          </button>
        </FocusScope>
      )}
    </div>
  )
}

function More({ live, state, view }: Pick<ListingProps, 'live' | 'state' | 'view'>) {
  const { t, locale } = useTexts()
  const countText = useCountText()
  const shown = useRef<HTMLParagraphElement>(null)
  const { list, counts, isLoadingMore } = state
  const total = counts?.[view.filter.result ?? 'ALL']
  return (
    <div className={styles.more}>
      <p ref={shown} tabIndex={-1} className={text.muted}>
        {total !== undefined && t.shown(numberIn(locale, list?.items.length ?? 0), countText(total))}
      </p>
      {list !== null && list.end !== null && (
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
  )
}
