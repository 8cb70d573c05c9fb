import PortmoneQRCode from '@portmone-ai/sdk-react'
import { PolicyTerms } from '../policy-terms.tsx'
import type { CancelRefusal, Following, StatusOf } from '../share-request-state.ts'
import text from '../text.module.css'
import { type Texts, useTexts } from '../texts.tsx'
import { useJustEnded } from '../use-just-ended.ts'
import buttons from './button.module.css'
import { Button } from './button.tsx'
import { Countdown } from './countdown.tsx'
import panel from './panel.module.css'
import { Panel } from './panel.tsx'
import styles from './pending-view.module.css'

interface PendingProps {
  status: StatusOf<'PendingStatus'>
  following: Following
  onSuccess: () => void
  onCancel: () => void
}

/** What is asked, then the code: for another device to scan, or, on a phone, to be opened right here. */
export function PendingView({ status: { code, expiresAt }, following, onSuccess, onCancel }: PendingProps) {
  const { t } = useTexts()
  const isBack = useJustEnded(following.reconnecting, 5_000)
  return (
    <Panel
      title={t.pendingTitle}
      actions={
        <Button quiet onPress={onCancel} inactive={following.cancelling}>
          {following.cancelling ? t.cancelling : t.cancel}
        </Button>
      }
    >
      <p role="status" className={panel.note}>
        {noteOf(following, isBack, t)}
      </p>
      <div className={styles.columns}>
        <div>
          <PolicyTerms policy={following.shareRequest.policy} />
          <ol className={styles.steps}>
            <li>{t.stepOpen}</li>
            <li>{t.stepScan}</li>
            <li>{t.stepApprove}</li>
          </ol>
        </div>
        <div className={styles.code}>
          {isLink(code) && (
            <div className={styles.here}>
              <a className={buttons.button} href={code} target="_blank" rel="noopener noreferrer">
                {t.openHere}
              </a>
              <p className={text.muted}>{t.openHereHint}</p>
              <p className={styles.orScan}>{t.orScan}</p>
            </div>
          )}
          <div className={styles.qr}>
            <PortmoneQRCode code={code} onSuccess={onSuccess} />
          </div>
          {!following.confirming && <Countdown expiresAt={expiresAt} />}
        </div>
      </div>
    </Panel>
  )
}

const isLink = (code: string) => /^https?:/i.test(code) && URL.canParse(code)

function noteOf({ reconnecting, confirming, cancelRefusal }: Following, isBack: boolean, t: Texts['t']) {
  const refusal = cancelRefusal === null ? '' : refusalIn(cancelRefusal, t)
  if (reconnecting) return `${refusal} ${t.reconnecting}`.trim()
  if (refusal !== '') return refusal
  if (confirming) return t.confirming
  return isBack ? t.reconnected : ''
}

function refusalIn(refusal: CancelRefusal, t: Texts['t']) {
  switch (refusal.__typename) {
    case 'InvalidTransition':
      return t.cancelTooLate
    case 'RateLimited':
    case 'UpstreamUnavailable':
    case 'NoAnswer':
      return t.cancelFailed
    default:
      refusal satisfies never
      return t.cancelFailed
  }
}
