import { useId } from 'react'
import { type FragmentType, readFragment } from '../generated/fragment-masking.ts'
import { graphql } from '../generated/gql.ts'
import type { CheckVerdict } from '../generated/graphql.ts'
import { humanize } from '../ui/humanize.ts'
import { Icon, type Tone } from '../ui/icon.tsx'
import styles from './check-list.module.css'
import { useTexts } from './texts-context.ts'

const CheckListFragment = graphql(`
  fragment CheckList on Outcome {
    checks {
      name
      label(language: $language)
      verdict
    }
  }
`)

const tones: Record<CheckVerdict, Tone> = { PASSED: 'positive', FAILED: 'negative', UNDECIDABLE: 'uncertain' }

/** The verdict of each check. */
export function CheckList({ outcome }: { outcome: FragmentType<typeof CheckListFragment> }) {
  const { t } = useTexts()
  const { checks } = readFragment(CheckListFragment, outcome)
  const heading = useId()
  return (
    <section className={styles.checks} aria-labelledby={heading}>
      <h3 id={heading}>{t.checksTitle}</h3>
      <ul>
        {checks.map(({ name, label, verdict }) => (
          <li key={name}>
            <Icon tone={tones[verdict] ?? 'uncertain'} />
            <span>{label}</span>
            <span className={styles.verdict}>{t[`verdict_${verdict}`] ?? humanize(verdict)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
