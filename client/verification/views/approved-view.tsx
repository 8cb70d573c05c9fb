import { CheckList } from '../check-list.tsx'
import type { Following, StatusOf } from '../share-request-state.ts'
import { useTexts } from '../texts.tsx'
import { Button } from './button.tsx'
import { Panel } from './panel.tsx'
import { SecurePageForm } from './secure-page-form.tsx'

interface ApprovedProps {
  status: StatusOf<'ApprovedStatus'>
  following: Following
  securePage: string | undefined
  onStart: () => void
}

/** The outcome: passed, with the way to the secure page; or not passed, or not decided. */
export function ApprovedView({ status: { outcome }, following, securePage, onStart }: ApprovedProps) {
  const { t } = useTexts()
  if (outcome.passed)
    return (
      <Panel tone="positive" title={t.passedTitle}>
        <p>{t.passedText}</p>
        <CheckList outcome={outcome} />
        {securePage !== undefined && (
          <SecurePageForm action={securePage} handle={following.handle} wasThere={following.endedBefore} />
        )}
      </Panel>
    )

  const failed = outcome.checks.some(({ verdict }) => verdict === 'FAILED')
  return (
    <Panel
      tone={failed ? 'negative' : 'uncertain'}
      title={failed ? t.notPassedTitle : t.undecidableTitle}
      actions={<Button onPress={onStart}>{t.startAgain}</Button>}
    >
      <p>{failed ? t.notPassedText : t.undecidableText}</p>
      <CheckList outcome={outcome} />
    </Panel>
  )
}
