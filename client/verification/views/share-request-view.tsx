import type { Following } from '../share-request-state.ts'
import type { UseShareRequest } from '../use-share-request.ts'
import { ApprovedView } from './approved-view.tsx'
import { CancelledView, DeclinedView, ExpiredView, FailedView, GoneView, NewerView } from './ended-views.tsx'
import { IdleView } from './idle-view.tsx'
import { PendingView } from './pending-view.tsx'
import { RefusedView } from './refused-view.tsx'
import { CreatingView, ResumingView, UnreachableView } from './waiting-views.tsx'

interface ShareRequestViewProps {
  policy: string
  securePage: string | undefined
  shareRequest: UseShareRequest
}

/** One view for each phase. */
export function ShareRequestView({ policy, securePage, shareRequest }: ShareRequestViewProps) {
  const { start, cancel, check } = shareRequest
  switch (shareRequest.phase) {
    case 'idle':
      return <IdleView policy={policy} onStart={start} />
    case 'creating':
      return <CreatingView onCancel={cancel} />
    case 'refused':
      return <RefusedView refusal={shareRequest.refusal} onStart={start} />
    case 'unreachable':
      return <UnreachableView cause={shareRequest.cause} onStart={start} onCancel={cancel} />
    case 'resuming':
      return <ResumingView reconnecting={shareRequest.reconnecting} onCancel={cancel} />
    case 'following':
      return (
        <StatusView following={shareRequest} securePage={securePage} actions={{ start, cancel, check }} />
      )
    case 'gone':
      return <GoneView onStart={start} />
  }
}

interface StatusViewProps {
  following: Following
  securePage: string | undefined
  actions: Pick<UseShareRequest, 'start' | 'cancel' | 'check'>
}

/** One view for each status, and one for a status that a newer gateway adds. */
function StatusView({ following, securePage, actions: { start, cancel, check } }: StatusViewProps) {
  const { status } = following
  switch (status.__typename) {
    case 'PendingStatus':
      return <PendingView status={status} following={following} onSuccess={check} onCancel={cancel} />
    case 'ApprovedStatus':
      return <ApprovedView status={status} following={following} securePage={securePage} onStart={start} />
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
