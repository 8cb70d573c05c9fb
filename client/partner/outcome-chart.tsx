import { formatDuration } from '../ui/duration.ts'
import text from '../ui/text.module.css'
import badges from './badge.module.css'
import { useTexts } from './locale.ts'
import type { Listed } from './operations.ts'
import styles from './outcome-chart.module.css'
import page from './partner-page.module.css'
import { statisticsOf } from './statistics.ts'

/** How the loaded share requests ended, as bars and numbers, and how long approvals took. */
export function OutcomeChart({ items }: { items: readonly Listed[] }) {
  const { t, locale } = useTexts()
  const { counts, medianTimeToApproval } = statisticsOf(items)
  const most = Math.max(1, ...counts.map(({ count }) => count))
  return (
    <details className={`${page.card} ${styles.chart}`} open>
      <summary>{t.chartTitle}</summary>
      <table>
        <caption>{t.chartHint}</caption>
        <thead className={text.hidden}>
          <tr>
            <th scope="col">{t.state}</th>
            <th scope="col">{t.count}</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ result, count }) => (
            <tr key={result}>
              <th scope="row">{t[`result_${result}`]}</th>
              <td>
                <svg
                  className={badges.result}
                  data-result={result}
                  viewBox="0 0 100 10"
                  preserveAspectRatio="none"
                  aria-hidden="true"
                  focusable="false"
                >
                  <rect width={(count / most) * 100} height="10" />
                </svg>
                {count}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {t.timeToApproval}{' '}
        <strong>
          {medianTimeToApproval === null ? '–' : formatDuration(locale, Math.round(medianTimeToApproval))}
        </strong>
      </p>
    </details>
  )
}
