import { useTexts } from '../texts-context.ts'
import styles from './help.module.css'

/** Explains without leaving the page. */
export function Help() {
  const { t } = useTexts()
  return (
    <details className={styles.help}>
      <summary>{t.help}</summary>
      <dl>
        <dt>{t.helpWhatTitle}</dt>
        <dd>{t.helpWhatText}</dd>
        <dt>{t.helpScanTitle}</dt>
        <dd>{t.helpScanText}</dd>
        <dt>{t.helpAfterTitle}</dt>
        <dd>{t.helpAfterText}</dd>
        <dt>{t.helpStopTitle}</dt>
        <dd>{t.helpStopText}</dd>
      </dl>
    </details>
  )
}
