import type { RefObject } from 'react'
import buttons from '../ui/button.module.css'
import { FocusScope } from '../ui/focus-scope.tsx'
import styles from './connection.module.css'
import { useTexts } from './locale.ts'

interface ConnectionProps {
  /** Null while that is not known. */
  isLive: boolean | null
  onRefresh: () => void
  focusFallback: RefObject<HTMLElement | null>
}

/** Whether the list is live, and a way to read it again where it is not. */
export function Connection({ isLive, onRefresh, focusFallback }: ConnectionProps) {
  const { t } = useTexts()
  return (
    <div className={styles.connection}>
      <span role="status" className={styles.state} data-live={isLive === true}>
        {isLive === true ? t.live : isLive === false ? t.notLive : ''}
      </span>
      {isLive === false && (
        <FocusScope fallback={focusFallback}>
          <button type="button" className={buttons.quiet} onClick={onRefresh}>
            {t.refresh}
          </button>
        </FocusScope>
      )}
    </div>
  )
}
