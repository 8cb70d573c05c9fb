import { useEffect, useEffectEvent } from 'react'
import { useClient } from 'urql'
import { pipe, subscribe } from 'wonka'
import type { FragmentType } from '../generated/partner/fragment-masking.ts'
import text from '../verification/text.module.css'
import { Badge } from './badge.tsx'
import { momentIn, useTexts } from './locale.ts'
import { FollowListed, type Listed, type ListedShareRequest } from './operations.ts'
import styles from './row.module.css'
import { resultOf } from './states.ts'

interface RowProps {
  item: Listed
  isOpen: boolean
  /** Whether its changes come live. */
  isFollowed: boolean
  onOpen: () => void
  onChange: (changed: FragmentType<typeof ListedShareRequest>) => void
}

/** One share request of the list. */
export function Row({ item, isOpen, isFollowed, onOpen, onChange }: RowProps) {
  const { locale } = useTexts()
  const { id, createdAt, policy, reference, status } = item
  const client = useClient()
  const changed = useEffectEvent(onChange)
  useEffect(() => {
    if (!isFollowed) return
    return pipe(
      client.subscription(FollowListed, { id }),
      subscribe(({ data }) => {
        if (data) changed(data.shareRequestStatus.shareRequest)
      }),
    ).unsubscribe
  }, [client, id, isFollowed])

  return (
    <li>
      <button
        type="button"
        className={styles.row}
        aria-current={isOpen ? 'true' : undefined}
        onClick={onOpen}
      >
        <Badge result={resultOf(status)} />
        <span className={styles.policy}>{policy.name}</span>
        <span className={text.muted}>{reference}</span>
        <time className={`${text.muted} ${styles.when}`} dateTime={createdAt}>
          {momentIn(locale, createdAt)}
        </time>
      </button>
    </li>
  )
}
