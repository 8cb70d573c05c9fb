import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { CheckList } from '../check-list.tsx'
import type { Following, StatusOf } from '../share-request-state.ts'
import { useTexts } from '../texts-context.ts'
import { SecurePageForm } from './secure-page-form.tsx'

interface ApprovedProps {
  status: StatusOf<'ApprovedStatus'>
  following: Following
  securePage: string | undefined
  onStart: () => void
  onContinue: (() => void) | undefined
}

/**
 * The outcome: passed, with the way on; not passed; or inconclusive. If it ended while the page was away, it continues only
 * at a press: the next customer may be looking at it.
 */
export function ApprovedView(props: ApprovedProps) {
  const { following, securePage, onStart, onContinue } = props
  const { outcome } = props.status
  const { t } = useTexts()
  if (outcome.passed)
    return (
      <Panel
        tone="positive"
        title={t.passedTitle}
        actions={
          following.endedBefore &&
          securePage === undefined &&
          onContinue && <Button onPress={onContinue}>{t.continue}</Button>
        }
      >
        <p>{t.passedText}</p>
        <CheckList outcome={outcome} />
        {securePage !== undefined && (
          <SecurePageForm
            action={securePage}
            handle={following.handle}
            automatic={!following.endedBefore}
            onSubmit={onContinue}
          />
        )}
      </Panel>
    )

  // A customer who is too young would be refused again.
  const failed = outcome.checks.some(({ verdict }) => verdict === 'FAILED')
  return (
    <Panel
      tone={failed ? 'negative' : 'uncertain'}
      title={failed ? t.notPassedTitle : t.undecidableTitle}
      actions={!failed && <Button onPress={onStart}>{t.startAgain}</Button>}
    >
      <p>{failed ? t.notPassedText : t.undecidableText}</p>
      <CheckList outcome={outcome} />
    </Panel>
  )
}
