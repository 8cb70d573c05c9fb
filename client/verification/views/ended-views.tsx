import { Button } from '../../ui/button.tsx'
import { humanize } from '../../ui/humanize.ts'
import { Panel } from '../../ui/panel.tsx'
import type { StatusOf } from '../share-request-state.ts'
import { useTexts } from '../texts-context.ts'

/** For results that need only a sentence and a way on. */
export interface EndedProps {
  onStart: () => void
}

export function DeclinedView({ onStart }: EndedProps) {
  const { t } = useTexts()
  return (
    <Panel tone="ended" title={t.declinedTitle} actions={<Button onPress={onStart}>{t.startAgain}</Button>}>
      <p>{t.declinedText}</p>
    </Panel>
  )
}

export function ExpiredView({ onStart }: EndedProps) {
  const { t } = useTexts()
  return (
    <Panel tone="ended" title={t.expiredTitle} actions={<Button onPress={onStart}>{t.newCode}</Button>}>
      <p>{t.expiredText}</p>
    </Panel>
  )
}

export function CancelledView({ onStart }: EndedProps) {
  const { t } = useTexts()
  return (
    <Panel tone="ended" title={t.cancelledTitle} actions={<Button onPress={onStart}>{t.startAgain}</Button>}>
      <p>{t.cancelledText}</p>
    </Panel>
  )
}

export function FailedView({ status, onStart }: EndedProps & { status: StatusOf<'FailedStatus'> }) {
  const { t } = useTexts()
  const again = status.retryable && <Button onPress={onStart}>{t.startAgain}</Button>
  return (
    <Panel tone="negative" title={t.failedTitle} actions={again}>
      <p>{t[`reason_${status.reason}`] ?? humanize(status.reason)}</p>
      {!status.retryable && <p>{t.failedForGood}</p>}
    </Panel>
  )
}

export function GoneView({ onStart }: EndedProps) {
  const { t } = useTexts()
  return (
    <Panel tone="ended" title={t.goneTitle} actions={<Button onPress={onStart}>{t.startAgain}</Button>}>
      <p>{t.goneText}</p>
    </Panel>
  )
}

/** For an answer of a newer gateway that this version does not know. */
export function NewerView({ typename, onStart }: EndedProps & { typename: string }) {
  const { t } = useTexts()
  return (
    <Panel tone="uncertain" title={t.newerTitle} actions={<Button onPress={onStart}>{t.startAgain}</Button>}>
      <p>{t.newerText}</p>
      <details>
        <summary>{t.technicalDetails}</summary>
        <code>{typename}</code>
      </details>
    </Panel>
  )
}
