import type { ShareRequestHandle } from '../saved-share-request.ts'
import type { Following } from '../share-request-state.ts'
import type { UseShareRequest } from '../use-share-request.ts'
import { ApprovedView } from './approved-view.tsx'
import { CancelledView, DeclinedView, ExpiredView, FailedView, GoneView, NewerView } from './ended-views.tsx'
import { IdleView } from './idle-view.tsx'
import { ConfirmingView, PendingView } from './pending-view.tsx'
import { RefusedView } from './refused-view.tsx'
import { CreatingView, ResumingView, UnreachableView } from './waiting-views.tsx'

interface ShareRequestViewProps {
  policy: string
  securePage: string | undefined
  shareRequest: UseShareRequest
  /** Called when a verified customer presses Continue. */
  onContinue: ((handle: ShareRequestHandle) => void) | undefined
}

/** One view for each phase. */
export function ShareRequestView(props: ShareRequestViewProps) {
  const { policy, securePage, shareRequest, onContinue } = props
  const { start, cancel, check } = shareRequest
  switch (shareRequest.phase) {
    case 'idle':
      return <IdleView policy={policy} onStart={start} />
    case 'creating':
      return <CreatingView onCancel={cancel} />
    case 'refused':
      return <RefusedView error={shareRequest.error} onStart={start} />
    case 'unreachable':
      return <UnreachableView cause={shareRequest.cause} onStart={start} onCancel={cancel} />
    case 'resuming':
      return <ResumingView reconnecting={shareRequest.reconnecting} onCancel={cancel} />
    case 'following':
      return (
        <StatusView
          following={shareRequest}
          actions={{ start, cancel, check }}
          {...{ securePage, onContinue }}
        />
      )
    case 'gone':
      return <GoneView onStart={start} />
  }
}

interface StatusViewProps extends Pick<ShareRequestViewProps, 'securePage' | 'onContinue'> {
  following: Following
  actions: Pick<UseShareRequest, 'start' | 'cancel' | 'check'>
}

/** One view for each status, and one for a status that a newer gateway adds. */
function StatusView({ following, securePage, onContinue, actions }: StatusViewProps) {
  const { status, handle } = following
  const { start, cancel, check } = actions
  switch (status.__typename) {
    case 'PendingStatus':
      if (following.confirming) return <ConfirmingView reconnecting={following.reconnecting} />
      return <PendingView status={status} following={following} onSuccess={check} onCancel={cancel} />
    case 'ApprovedStatus':
      return (
        <ApprovedView
          status={status}
          following={following}
          securePage={securePage}
          onStart={start}
          onContinue={onContinue && (() => onContinue(handle))}
        />
      )
    case 'DeclinedStatus':
      return <DeclinedView onStart={start} />
    case 'ExpiredStatus':
      return <ExpiredView onStart={start} />
    case 'CancelledStatus':
      return <CancelledView onStart={start} />
    case 'FailedStatus':
      return <FailedView status={status} onStart={start} />
    default:
      return <NewerView typename={typenameOf(status)} onStart={start} />
  }
}

const typenameOf = (unforeseen: never) => (unforeseen as { __typename: string }).__typename
