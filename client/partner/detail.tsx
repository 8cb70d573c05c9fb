import { useEffect, useId, useRef, useState } from 'react'
import { useClient } from 'urql'
import { type FragmentType, readFragment } from '../generated/partner/fragment-masking.ts'
import type { ShareRequestDetailQuery } from '../generated/partner/graphql.ts'
import buttons from '../ui/button.module.css'
import text from '../ui/text.module.css'
import { Actions } from './actions.tsx'
import styles from './detail.module.css'
import { Facts } from './facts.tsx'
import { useTexts } from './locale.ts'
import { ListedShareRequest, ShareRequestDetail } from './operations.ts'
import page from './partner-page.module.css'
import { explained, type Problem, problemOf } from './problem.ts'
import { Timeline } from './timeline.tsx'
import { useFollowed } from './use-followed.ts'

interface DetailProps {
  id: string
  /** Whether the list follows it live already. */
  isFollowed: boolean
  /** Of the status that the list has; null where it is not in the list any more. */
  version: number | null
  onChange: (changed: FragmentType<typeof ListedShareRequest>) => void
  onClose: () => void
}

/** One share request with its history. It is asked for again when its status changes. */
export function Detail({ id, isFollowed, version, onChange, onClose }: DetailProps) {
  const { t, locale } = useTexts()
  const client = useClient()
  const [found, setFound] = useState<ShareRequestDetailQuery['shareRequest']>()
  const [problem, setProblem] = useState<Problem | null>(null)
  /** Of the status that an event or a mutation gave. */
  const [applyUpdate, setHeard] = useState(0)
  /** What came of an action. It stays when the buttons go. */
  const [said, setSaid] = useState('')
  const latest = Math.max(applyUpdate, version ?? 0)
  const title = useId()
  const heading = useRef<HTMLHeadingElement>(null)

  useEffect(() => heading.current?.focus(), [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is to be looked at
  useEffect(() => {
    let isOver = false
    client
      .query(ShareRequestDetail, { id, language: locale })
      .toPromise()
      .then(({ data, error }) => {
        if (isOver) return
        setProblem(error ? problemOf(error) : data?.shareRequest ? null : 'SHARE_REQUEST_NOT_FOUND')
        if (data?.shareRequest) setFound(data.shareRequest)
      })
    return () => {
      isOver = true
    }
  }, [client, id, latest, locale])

  const listed = found && readFragment(ListedShareRequest, found)
  const isPending = listed?.status.__typename === 'PendingStatus'
  function change(changed: FragmentType<typeof ListedShareRequest>) {
    setHeard(readFragment(ListedShareRequest, changed).status.version)
    onChange(changed)
  }
  useFollowed(id, isPending && !isFollowed, change)

  return (
    <section className={`${page.card} ${styles.detail}`} aria-labelledby={title}>
      <div className={page.title}>
        <h2 id={title} ref={heading} tabIndex={-1}>
          {listed?.policy.name ?? t.loading}
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
      {found && listed && (
        <>
          <dl className={styles.pairs}>
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
              <dt>{t.createdBy}</dt>
              <dd>{t[`caller_${found.createdBy}`]}</dd>
            </div>
            <div>
              <dt>{t.purpose}</dt>
              <dd>{found.policy.purpose}</dd>
            </div>
            <div>
              <dt>{t.asked}</dt>
              <dd>{found.policy.facts.map((fact) => t[`fact_${fact}`]).join(' · ')}</dd>
            </div>
          </dl>
          <h3>{t.history}</h3>
          <Timeline history={found.history} />
          {isPending && <Actions id={id} focusFallback={heading} onSaid={setSaid} onChange={change} />}
          {listed.status.__typename === 'ApprovedStatus' && <Facts id={id} asked={found.policy.facts} />}
        </>
      )}
      <p role="status" className={said === '' ? text.hidden : text.muted}>
        {said}
      </p>
    </section>
  )
}
