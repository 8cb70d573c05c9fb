import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import styles from './page.module.css'

interface FailureProps {
  title: string
  text: string
  /** The button that may help. */
  action: string
  onAction: () => void
}

/** What went wrong, and a button. */
export const Failure = ({ title, text, action, onAction }: FailureProps) => (
  <div role="alert" className={styles.failure}>
    <Panel tone="negative" title={title} actions={<Button onPress={onAction}>{action}</Button>}>
      <p>{text}</p>
    </Panel>
  </div>
)
