import PortmoneQRCode from '@portmone-ai/sdk-react'
import buttons from '../../ui/button.module.css'
import { Button } from '../../ui/button.tsx'
import panel from '../../ui/panel.module.css'
import { Panel } from '../../ui/panel.tsx'
import text from '../../ui/text.module.css'
import { useRecentlyTrue } from '../../ui/use-recently-true.ts'
import { PolicyTerms } from '../policy-terms.tsx'
import type { CancelError, Following, StatusOf } from '../share-request-state.ts'
import type { VerificationTexts } from '../texts/index.ts'
import { useTexts } from '../texts-context.ts'
import { Countdown } from './countdown.tsx'
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
  const isBack = useRecentlyTrue(following.reconnecting, 5_000)
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

function noteOf({ reconnecting, confirming, cancelError }: Following, isBack: boolean, t: VerificationTexts) {
  const cancelText = cancelError === null ? '' : textOfCancelError(cancelError, t)
  if (reconnecting) return `${cancelText} ${t.reconnecting}`.trim()
  if (cancelText !== '') return cancelText
  if (confirming) return t.confirming
  return isBack ? t.reconnected : ''
}

function textOfCancelError(error: CancelError, t: VerificationTexts) {
  switch (error.__typename) {
    case 'InvalidTransition':
      return t.cancelTooLate
    case 'RateLimited':
    case 'UpstreamUnavailable':
    case 'NoAnswer':
      return t.cancelFailed
    default:
      error satisfies never
      return t.cancelFailed
  }
}
