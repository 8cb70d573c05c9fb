import { type RefObject, useEffect, useId, useRef, useState } from 'react'
import { useClient } from 'urql'
import { readFragment } from '../generated/partner/fragment-masking.ts'
import type { ShareRequestDetailQuery } from '../generated/partner/graphql.ts'
import buttons from '../ui/button.module.css'
import text from '../ui/text.module.css'
import { useFocusFallback } from '../ui/use-focus-fallback.ts'
import { Actions } from './actions.tsx'
import { Badge } from './badge.tsx'
import styles from './detail.module.css'
import { Facts } from './facts.tsx'
import type { LiveList } from './live-list.ts'
import { useTexts } from './locale.ts'
import { Moment } from './moment.tsx'
import { ListedShareRequest, ShareRequestDetail } from './operations.ts'
import page from './partner-page.module.css'
import { explained, type Problem, problemOf } from './problem.ts'
import { Creator } from './share-request-list.tsx'
import { resultOf } from './states.ts'
import { Timeline } from './timeline.tsx'

interface DetailProps {
  id: string
  live: LiveList
  /** Gets the focus when this is closed by the browser's Back. */
  focusFallback: RefObject<HTMLElement | null>
  onClose: () => void
}

/** One share request with its history. It is read again when its status changes. */
export function Detail({ id, live, focusFallback, onClose }: DetailProps) {
  const { t, locale } = useTexts()
  const client = useClient()
  /** Undefined while it is loading; null if it does not exist. */
  const [found, setFound] = useState<ShareRequestDetailQuery['shareRequest']>()
  const [problem, setProblem] = useState<Problem | null>(null)
  /** How often it may have changed. */
  const [changes, setChanges] = useState(0)
  /** What came of an action. It stays when the buttons go. */
  const [said, setSaid] = useState('')
  const title = useId()
  const section = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)

  useFocusFallback(section, focusFallback)
  useEffect(() => heading.current?.focus(), [])
  useEffect(
    () =>
      live.onChange((changed) => {
        if (changed === null || changed.id === id) setChanges((count) => count + 1)
      }),
    [live, id],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change is a reason to read it again
  useEffect(() => {
    let isOver = false
    client
      .query(ShareRequestDetail, { id, language: locale })
      .toPromise()
      .then(({ data, error }) => {
        if (isOver) return
        setProblem(error ? problemOf(error) : null)
        if (data) setFound(data.shareRequest ?? null)
      })
    return () => {
      isOver = true
    }
  }, [client, id, changes, locale])

  const listed = found && readFragment(ListedShareRequest, found)
  return (
    <section ref={section} className={`${page.card} ${styles.detail}`} aria-labelledby={title}>
      <div className={page.title}>
        <h2 id={title} ref={heading} tabIndex={-1}>
          {listed?.policy.name ?? (found === null ? t.notFoundTitle : t.detailTitle)}
        </h2>
        <button type="button" className={buttons.quiet} onClick={onClose}>
          {t.close}
        </button>
      </div>
      {problem !== null && (
        <p role="alert" className={page.problem}>
          {explained(t, problem)}
        </p>
      )}
      {found === null && <p>{t.notFoundText}</p>}
      {found === undefined && problem === null && <p className={text.muted}>{t.loading}</p>}
      {found && listed && (
        <>
          <dl className={styles.pairs}>
            <div>
              <dt>{t.result}</dt>
              <dd>
                <Badge result={resultOf(listed.status)} />
              </dd>
            </div>
            <div>
              <dt>{t.id}</dt>
              <dd>
                <code>{id}</code>
              </dd>
            </div>
            {listed.reference !== null && (
              <div>
                <dt>{t.reference}</dt>
                <dd>{listed.reference}</dd>
              </div>
            )}
            <div>
              <dt>{t.created}</dt>
              <dd>
                <Moment dateTime={listed.createdAt} />
              </dd>
            </div>
            <div>
              <dt>{t.createdBy}</dt>
              <dd>
                <Creator request={listed} />
              </dd>
            </div>
            <div>
              <dt>{t.purpose}</dt>
              <dd>{found.policy.purpose}</dd>
            </div>
            <div>
              <dt>{t.requestedFacts}</dt>
              <dd>{found.policy.facts.map((fact) => t[`fact_${fact}`]).join(', ')}</dd>
            </div>
          </dl>
          <h3>{t.history}</h3>
          <Timeline history={found.history} />
          {listed.status.__typename === 'PendingStatus' && (
            <Actions
              id={id}
              focusFallback={heading}
              onSaid={setSaid}
              onChange={(changed) => live.apply([readFragment(ListedShareRequest, changed)])}
            />
          )}
          {listed.status.__typename === 'ApprovedStatus' && <Facts id={id} kinds={found.policy.facts} />}
        </>
      )}
      <p role="status" className={said === '' ? text.hidden : text.muted}>
        {said}
      </p>
    </section>
  )
}
