import { type FragmentType, readFragment } from '../generated/partner/fragment-masking.ts'
import { graphql } from '../generated/partner/gql.ts'
import text from '../ui/text.module.css'
import { Badge } from './badge.tsx'
import detail from './detail.module.css'
import { useTexts } from './locale.ts'
import { Moment } from './moment.tsx'
import { resultOf } from './states.ts'
import styles from './timeline.module.css'

const TimelineEntry = graphql(`
  fragment TimelineEntry on ShareRequestStatus {
    version
    changedAt
    ... on PendingStatus {
      expiresAt
    }
    ... on ApprovedStatus {
      outcome {
        passed
        checks {
          name
          label(language: $language)
          verdict
        }
      }
    }
    ... on FailedStatus {
      reason
    }
  }
`)

/** Every status that a share request has had, oldest first. */
export function Timeline({ history }: { history: readonly FragmentType<typeof TimelineEntry>[] }) {
  const { t } = useTexts()
  return (
    <ol className={styles.timeline}>
      {readFragment(TimelineEntry, history).map((status) => (
        <li key={status.version}>
          <Badge result={resultOf(status)} />
          <Moment className={text.muted} dateTime={status.changedAt} />
          {status.__typename === 'PendingStatus' && (
            <p className={text.muted}>
              {t.expires} <Moment dateTime={status.expiresAt} />
            </p>
          )}
          {status.__typename === 'FailedStatus' && <p>{t[`reason_${status.reason}`]}</p>}
          {status.__typename === 'ApprovedStatus' && (
            <dl className={detail.pairs}>
              {status.outcome.checks.map(({ name, label, verdict }) => (
                <div key={name}>
                  <dt>{label}</dt>
                  <dd>{t[`verdict_${verdict}`]}</dd>
                </div>
              ))}
            </dl>
          )}
        </li>
      ))}
    </ol>
  )
}
