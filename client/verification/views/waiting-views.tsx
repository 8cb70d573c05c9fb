import { Button } from '../../ui/button.tsx'
import panel from '../../ui/panel.module.css'
import { Panel } from '../../ui/panel.tsx'
import { useTexts } from '../texts-context.ts'
import type { UnreachableCause } from '../unreachable-cause.ts'
import type { EndedProps } from './ended-views.tsx'

interface WaitingProps {
  onCancel: () => void
}

export function CreatingView({ onCancel }: WaitingProps) {
  const { t } = useTexts()
  return (
    <Panel
      tone="busy"
      title={t.creatingTitle}
      actions={
        <Button quiet onPress={onCancel}>
          {t.cancel}
        </Button>
      }
    >
      <p>{t.creatingText}</p>
    </Panel>
  )
}

export function ResumingView({ reconnecting, onCancel }: WaitingProps & { reconnecting: boolean }) {
  const { t } = useTexts()
  return (
    <Panel
      tone="busy"
      title={t.resumingTitle}
      actions={
        <Button quiet onPress={onCancel}>
          {t.cancel}
        </Button>
      }
    >
      <p>{t.resumingText}</p>
      <p role="status" className={panel.note}>
        {reconnecting ? t.reconnecting : ''}
      </p>
    </Panel>
  )
}

/** The gateway gave no usable answer. */
export function UnreachableView({
  cause,
  onStart,
  onCancel,
}: EndedProps & { cause: UnreachableCause; onCancel?: () => void }) {
  const { t } = useTexts()
  return (
    <Panel
      tone="negative"
      title={cause === 'network' ? t.networkTitle : t.serverTitle}
      actions={
        <>
          <Button onPress={onStart}>{t.tryAgain}</Button>
          {onCancel && (
            <Button quiet onPress={onCancel}>
              {t.cancel}
            </Button>
          )}
        </>
      }
    >
      <p>{cause === 'network' ? t.networkText : t.serverText}</p>
    </Panel>
  )
}
