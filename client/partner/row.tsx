import type { FragmentType } from '../generated/partner/fragment-masking.ts'
import text from '../ui/text.module.css'
import { Badge } from './badge.tsx'
import { momentIn, useTexts } from './locale.ts'
import type { Listed, ListedShareRequest } from './operations.ts'
import styles from './row.module.css'
import { resultOf } from './states.ts'
import { useFollowed } from './use-followed.ts'

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
  useFollowed(id, isFollowed, onChange)

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
