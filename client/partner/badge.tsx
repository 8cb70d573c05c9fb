import styles from './badge.module.css'
import { useTexts } from './locale.ts'
import type { Result } from './states.ts'

/** What came of a share request, in words and by a mark. */
export function Badge({ result }: { result: Result }) {
  const { t } = useTexts()
  return (
    <span className={`${styles.badge} ${styles.result}`} data-result={result}>
      {t[`result_${result}`]}
    </span>
  )
}
