import text from '../../ui/text.module.css'
import { useGateway } from '../gateway-provider.tsx'
import { useTexts } from '../texts-context.ts'
import { useSecondsLeft } from '../use-seconds-left.ts'
import styles from './countdown.module.css'

/** Counts down to `expiresAt` on the gateway's clock; announced to screen readers only when a minute is left, and at the end. */
export function Countdown({ expiresAt }: { expiresAt: string }) {
  const { t } = useTexts()
  const { clock } = useGateway()
  const seconds = useSecondsLeft(Date.parse(expiresAt), clock.now)
  return (
    <div className={styles.countdown}>
      {seconds > 0 && (
        <p role="timer">
          {t.expiresIn} <span className={styles.digits}>{minutesAndSeconds(seconds)}</span>
        </p>
      )}
      <p role="status" className={seconds > 0 ? text.hidden : undefined}>
        {seconds === 0 ? t.timeIsUp : seconds <= 60 && seconds > 50 ? t.minuteLeft : ''}
      </p>
    </div>
  )
}

const minutesAndSeconds = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
