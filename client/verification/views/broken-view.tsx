import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { useTexts } from '../texts-context.ts'

/** Shown instead of a view that failed to render. */
export function BrokenView({ onRetry }: { onRetry: () => void }) {
  const { t } = useTexts()
  return (
    <Panel tone="negative" title={t.mistakeTitle} actions={<Button onPress={onRetry}>{t.tryAgain}</Button>}>
      <p>{t.mistakeText}</p>
    </Panel>
  )
}
