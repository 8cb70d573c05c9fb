import PortmoneQRCode from '@portmone-ai/sdk-react'
import { useId, useState } from 'react'
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

/** What the customer will share, then the code: as a QR code for another device, or as a link for this one. */
export function PendingView({ status: { code, expiresAt }, following, onSuccess, onCancel }: PendingProps) {
  const { t } = useTexts()
  const { policy } = following.shareRequest
  const isSameDevice = policy.devices === 'SAME'
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
          <PolicyTerms policy={policy} />
          {!isSameDevice && (
            <ol className={styles.steps}>
              <li>{t.stepOpen}</li>
              <li>{t.stepScan}</li>
              <li>{t.stepApprove}</li>
            </ol>
          )}
        </div>
        <div className={styles.code}>
          {isSameDevice ? <SameDeviceCode code={code} /> : <Code code={code} onSuccess={onSuccess} />}
          <Countdown expiresAt={expiresAt} />
        </div>
      </div>
    </Panel>
  )
}

/** Nobody can scan the screen in their hand: on a phone the link comes first, and the QR code only on request. */
function Code({ code, onSuccess }: { code: string; onSuccess: () => void }) {
  const { t } = useTexts()
  const [isRequested, setRequested] = useState(false)
  const qr = useId()
  const hasLink = isLink(code)
  return (
    <>
      {hasLink && (
        <div className={styles.here}>
          <a className={buttons.button} href={code} target="_blank" rel="noopener noreferrer">
            {t.openHere}
          </a>
          <p className={text.muted}>{t.openHereHint}</p>
          <button
            type="button"
            className={buttons.quiet}
            aria-expanded={isRequested}
            aria-controls={qr}
            onClick={() => setRequested(!isRequested)}
          >
            {isRequested ? t.hideCode : t.showCode}
          </button>
        </div>
      )}
      <div id={qr} className={styles.scan} data-requested={isRequested || !hasLink || undefined}>
        <div className={styles.qr}>
          <PortmoneQRCode code={code} onSuccess={onSuccess} />
        </div>
        <p className={text.muted}>{t.scanOnlyIf(location.host)}</p>
      </div>
    </>
  )
}

/** The policy allows only this device: the link without a QR code, which could be passed on. */
function SameDeviceCode({ code }: { code: string }) {
  const { t } = useTexts()
  return (
    <div className={styles.here} data-only>
      {isLink(code) && (
        <a className={buttons.button} href={code} target="_blank" rel="noopener noreferrer">
          {t.openHere}
        </a>
      )}
      <p className={text.muted}>{t.sameDevice}</p>
    </div>
  )
}

const isLink = (code: string) => /^https?:/i.test(code) && URL.canParse(code)

function noteOf({ reconnecting, cancelError }: Following, isBack: boolean, t: VerificationTexts) {
  const cancelText = cancelError === null ? '' : textOfCancelError(cancelError, t)
  if (reconnecting) return `${cancelText} ${t.reconnecting}`.trim()
  if (cancelText !== '') return cancelText
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

/** The customer has approved: there is nothing left to scan, to open or to cancel. */
export function ConfirmingView({ reconnecting }: { reconnecting: boolean }) {
  const { t } = useTexts()
  return (
    <Panel tone="busy" title={t.confirmingTitle}>
      <p>{t.confirmingText}</p>
      <p role="status" className={panel.note}>
        {reconnecting ? t.reconnecting : ''}
      </p>
    </Panel>
  )
}
