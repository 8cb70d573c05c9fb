import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import buttons from '../ui/button.module.css'
import text from '../ui/text.module.css'
import { Detail } from './detail.tsx'
import { Filters } from './filters.tsx'
import { useTexts } from './locale.ts'
import { OutcomeChart } from './outcome-chart.tsx'
import styles from './overview.module.css'
import page from './partner-page.module.css'
import { explained } from './problem.ts'
import { Row } from './row.tsx'
import { stateOf } from './states.ts'
import { type Filter, useShareRequests } from './use-share-requests.ts'

/** So many pending share requests, the newest, are followed live, and the one that is open; all that the first page has are looked at besides. */
const mostFollowed = 20

interface OverviewProps {
  /** Names of the policies that there are. */
  policies: string[]
  onSignOut: () => void
}

export function Overview({ policies, onSignOut }: OverviewProps) {
  const { t } = useTexts()
  const [filter, setFilter] = useState<Filter>({ state: null, policy: null, reference: null })
  const [openId, setOpenId] = useState<string | null>(null)
  const listElement = useRef<HTMLUListElement>(null)
  const { list, problem, isLoadingMore, loadMore, change } = useShareRequests(filter)

  // One that is followed may have left the state by which the list is filtered.
  const items = list?.items.filter(({ status }) => filter.state === null || filter.state === stateOf(status))
  const followed = new Set(
    items
      ?.filter(({ status }) => status.__typename === 'PendingStatus')
      .slice(0, mostFollowed)
      .map(({ id }) => id),
  )
  const endCursor = list?.endCursor ?? null

  function close() {
    const opener = listElement.current?.querySelector<HTMLElement>('[aria-current]')
    // On a narrow window it can be focused only when the list is back.
    flushSync(() => setOpenId(null))
    opener?.focus()
  }

  return (
    <>
      <div className={page.title}>
        <h2 tabIndex={-1}>{t.title}</h2>
        <button type="button" className={buttons.quiet} onClick={onSignOut}>
          {t.signOut}
        </button>
      </div>
      <div className={styles.columns} data-open={openId !== null}>
        <div className={styles.overview}>
          <Filters policies={policies} filter={filter} onFilter={setFilter} />
          {problem !== null && (
            <p role="alert" className={page.problem}>
              {explained(t, problem)}
            </p>
          )}
          {items !== undefined && (
            <div className={styles.chart}>
              <OutcomeChart items={items} />
            </div>
          )}
          <p role="status" className={text.muted}>
            {items === undefined ? t.loading : items.length === 0 ? t.none : `${t.loaded} ${items.length}`}
          </p>
          <ul ref={listElement} className={styles.list}>
            {items?.map((item) => (
              <Row
                key={item.id}
                item={item}
                isOpen={item.id === openId}
                isFollowed={followed.has(item.id)}
                onOpen={() => setOpenId(item.id)}
                onChange={change}
              />
            ))}
          </ul>
          {endCursor !== null && (
            <button
              type="button"
              className={buttons.quiet}
              aria-disabled={isLoadingMore}
              onClick={() => isLoadingMore || loadMore(endCursor)}
            >
              {isLoadingMore ? t.loading : t.loadMore}
            </button>
          )}
        </div>
        {openId !== null && (
          <Detail
            key={openId}
            id={openId}
            isFollowed={followed.has(openId)}
            version={list?.items.find(({ id }) => id === openId)?.status.version ?? null}
            onChange={change}
            onClose={close}
          />
        )}
      </div>
    </>
  )
}
