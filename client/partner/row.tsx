import { useEffect, useEffectEvent } from 'react'
import { useClient } from 'urql'
import { pipe, subscribe } from 'wonka'
import type { FragmentType } from '../generated/partner/fragment-masking.ts'
import { momentIn, useTexts } from './locale.ts'
import { FollowListed, type Listed, type ListedShareRequest } from './operations.ts'
import styles from './partner.module.css'
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
  const { t, locale } = useTexts()
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

  const result = resultOf(status)
  return (
    <li>
      <button type="button" aria-current={isOpen ? 'true' : undefined} onClick={onOpen}>
        <span className={styles.badge} data-result={result}>
          {t[`result_${result}`]}
        </span>
        <span className={styles.policy}>{policy.name}</span>
        <span className={styles.reference}>{reference}</span>
        <time className={styles.when} dateTime={createdAt}>
          {momentIn(locale, createdAt)}
        </time>
      </button>
    </li>
  )
}
