import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { formatDuration } from '../../ui/duration.ts'
import { Panel } from '../../ui/panel.tsx'
import type { CreateError } from '../share-request-state.ts'
import { useTexts } from '../texts-context.ts'
import { useSecondsLeft } from '../use-seconds-left.ts'
import { type EndedProps, NewerView } from './ended-views.tsx'

type CreateErrorOf<Name extends CreateError['__typename']> = Extract<CreateError, { __typename: Name }>

/** Why no share request was created, and what can be done about it. */
export function RefusedView({ error, onStart }: EndedProps & { error: CreateError }) {
  switch (error.__typename) {
    case 'RateLimited':
      return <RateLimitedView error={error} onStart={onStart} />
    case 'UpstreamUnavailable':
      return <UpstreamView retryable={error.retryable} onStart={onStart} />
    case 'UnknownPolicy':
      return <UnknownPolicyView />
    case 'InvalidInput':
      return <InvalidInputView issues={error.issues} onStart={onStart} />
    case 'IdempotencyConflict':
      return <InvalidInputView issues={[]} onStart={onStart} />
    default:
      return <NewerView typename={typenameOf(error)} onStart={onStart} />
  }
}

const typenameOf = (unforeseen: never) => (unforeseen as { __typename: string }).__typename

function RateLimitedView({ error, onStart }: EndedProps & { error: CreateErrorOf<'RateLimited'> }) {
  const { t, locale } = useTexts()
  const [until] = useState(() => Date.now() + error.retryAfter * 1000)
  const seconds = useSecondsLeft(until, Date.now)
  return (
    <Panel
      tone="busy"
      title={t.rateLimitedTitle}
      actions={
        <Button onPress={onStart} inactive={seconds > 0}>
          {seconds > 0 ? t.tryAgainIn(formatDuration(locale, seconds)) : t.tryAgain}
        </Button>
      }
    >
      <p>{t.rateLimitedText}</p>
    </Panel>
  )
}

function UpstreamView({ retryable, onStart }: EndedProps & { retryable: boolean }) {
  const { t } = useTexts()
  const again = retryable && <Button onPress={onStart}>{t.tryAgain}</Button>
  return (
    <Panel tone="negative" title={t.upstreamTitle} actions={again}>
      <p>{retryable ? t.upstreamText : t.upstreamForGood}</p>
    </Panel>
  )
}

export function UnknownPolicyView() {
  const { t } = useTexts()
  return (
    <Panel tone="negative" title={t.unknownPolicyTitle}>
      <p>{t.unknownPolicyText}</p>
    </Panel>
  )
}

function InvalidInputView({
  issues,
  onStart,
}: EndedProps & { issues: CreateErrorOf<'InvalidInput'>['issues'] }) {
  const { t } = useTexts()
  return (
    <Panel tone="negative" title={t.mistakeTitle} actions={<Button onPress={onStart}>{t.startAgain}</Button>}>
      <p>{t.mistakeText}</p>
      {issues.length > 0 && (
        <details>
          <summary>{t.technicalDetails}</summary>
          <ul lang="en">
            {issues.map(({ path, message }) => (
              <li key={path.join('.')}>
                <code>{path.join('.')}</code> {message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  )
}
