import { useState } from 'react'
import type { CreateRefusal } from '../share-request-state.ts'
import { durationIn, useTexts } from '../texts.tsx'
import { useSecondsLeft } from '../use-seconds-left.ts'
import { Button } from './button.tsx'
import { type EndedProps, NewerView } from './ended-views.tsx'
import { Panel } from './panel.tsx'

type RefusalOf<Name extends CreateRefusal['__typename']> = Extract<CreateRefusal, { __typename: Name }>

/** Why no share request was created, and what can be done about it. */
export function RefusedView({ refusal, onStart }: EndedProps & { refusal: CreateRefusal }) {
  switch (refusal.__typename) {
    case 'RateLimited':
      return <RateLimitedView refusal={refusal} onStart={onStart} />
    case 'UpstreamUnavailable':
      return <UpstreamView retryable={refusal.retryable} onStart={onStart} />
    case 'UnknownPolicy':
      return <UnknownPolicyView />
    case 'InvalidInput':
      return <InvalidInputView issues={refusal.issues} onStart={onStart} />
    case 'IdempotencyConflict':
      return <InvalidInputView issues={[]} onStart={onStart} />
    default:
      return <NewerView typename={typenameOf(refusal)} onStart={onStart} />
  }
}

const typenameOf = (unforeseen: never) => (unforeseen as { __typename: string }).__typename

function RateLimitedView({ refusal, onStart }: EndedProps & { refusal: RefusalOf<'RateLimited'> }) {
  const { t, locale } = useTexts()
  const [until] = useState(() => Date.now() + refusal.retryAfter * 1000)
  const seconds = useSecondsLeft(until, Date.now)
  return (
    <Panel
      tone="busy"
      title={t.rateLimitedTitle}
      actions={
        <Button onPress={onStart} inactive={seconds > 0}>
          {seconds > 0 ? t.tryAgainIn({ duration: durationIn(locale, seconds) }) : t.tryAgain}
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

function InvalidInputView({ issues, onStart }: EndedProps & { issues: RefusalOf<'InvalidInput'>['issues'] }) {
  const { t } = useTexts()
  return (
    <Panel
      tone="negative"
      title={t.invalidInputTitle}
      actions={<Button onPress={onStart}>{t.startAgain}</Button>}
    >
      <p>{t.invalidInputText}</p>
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
