import PortmoneQRCode from '@portmone-ai/sdk-react'
import {
  type CreateError,
  type Following,
  resultOf,
  type UseShareRequest,
  useShareRequest,
  type VerificationResult,
} from '@portmone-gateway/verification'
import type { ReactNode } from 'react'

/** The verification in this page's own design. A switch that leaves a case out does not compile. */
export function OwnDesign({ policy }: { policy: string }) {
  const verification = useShareRequest(policy, { locale: 'en' })
  const { start } = verification
  switch (verification.phase) {
    case 'idle':
      return <Press onPress={start}>Open an account</Press>
    case 'creating':
    case 'resuming':
      return <p role="status">One moment…</p>
    case 'refused':
      return <Retry text={reasonOf(verification.error)} onPress={start} />
    case 'unreachable':
      return <Retry text="We cannot be reached at the moment." onPress={start} />
    case 'gone':
      return <Retry text="This is too long ago." onPress={start} />
    case 'following':
      return <Followed following={verification} actions={verification} />
    default:
      return verification satisfies never
  }
}

type Actions = Pick<UseShareRequest, 'start' | 'cancel' | 'check'>

function Followed({ following, actions }: { following: Following; actions: Actions }) {
  const { status, shareRequest, reconnecting, confirming, cancelling } = following
  const { start, cancel, check } = actions
  if (status.__typename === 'PendingStatus')
    return (
      <>
        <p>{shareRequest.policy.purpose}</p>
        <div className="code">
          {shareRequest.policy.devices !== 'SAME' && <PortmoneQRCode code={status.code} onSuccess={check} />}
          {/^https?:/.test(status.code) && (
            <a href={status.code} target="_blank" rel="noopener noreferrer">
              Open on this phone
            </a>
          )}
        </div>
        <p role="status">
          {reconnecting ? 'Reconnecting…' : confirming ? 'One moment…' : 'Scan this with the Portmone app.'}
        </p>
        <Press onPress={cancel}>{cancelling ? 'Cancelling…' : 'Never mind'}</Press>
      </>
    )
  const result = resultOf(following)
  if (result === 'VERIFIED') return <p role="status">{resultTexts.VERIFIED}</p>
  return <Retry text={result === null ? 'Please reload this page.' : resultTexts[result]} onPress={start} />
}

const resultTexts: Record<VerificationResult, string> = {
  VERIFIED: 'Welcome! Your account is open.',
  NOT_PASSED: 'What you shared does not meet our conditions.',
  UNDECIDABLE: 'What you shared does not answer all that we must know.',
  DECLINED: 'You declined.',
  EXPIRED: 'The code has expired.',
  CANCELLED: 'You cancelled.',
  FAILED: 'This did not work.',
}

function reasonOf(error: CreateError): string {
  switch (error.__typename) {
    case 'RateLimited':
      return `Too many at once. Please wait ${error.retryAfter} seconds.`
    case 'UpstreamUnavailable':
      return 'Portmone cannot be reached at the moment.'
    case 'InvalidInput':
    case 'UnknownPolicy':
    case 'IdempotencyConflict':
      return 'This page has a fault. Please tell us.'
    default:
      return error satisfies never
  }
}

function Retry({ text, onPress }: { text: string; onPress: () => void }) {
  return (
    <>
      <p role="status">{text}</p>
      <Press onPress={onPress}>Try again</Press>
    </>
  )
}

function Press({ onPress, children }: { onPress: () => void; children: ReactNode }) {
  return (
    <button type="button" onClick={onPress}>
      {children}
    </button>
  )
}
