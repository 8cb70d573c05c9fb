import { useId } from 'react'
import { type FragmentType, readFragment } from '../generated/fragment-masking.ts'
import { graphql } from '../generated/gql.ts'
import { humanize } from '../ui/humanize.ts'
import styles from './policy-terms.module.css'
import { useTexts } from './texts-context.ts'

const PolicyTermsFragment = graphql(`
  fragment PolicyTerms on Policy {
    purpose(language: $language)
    facts
  }
`)

/** What the customer shares, with whom and why. */
export function PolicyTerms({ policy }: { policy: FragmentType<typeof PolicyTermsFragment> }) {
  const { t, partner } = useTexts()
  const { purpose, facts } = readFragment(PolicyTermsFragment, policy)
  const heading = useId()
  return (
    <section className={styles.terms} aria-labelledby={heading}>
      <h3 id={heading}>{t.termsTitle}</h3>
      <dl>
        <dt>{t.termsFacts}</dt>
        <dd>
          <ul>
            {facts.map((fact) => (
              <li key={fact}>{t.facts[fact] ?? humanize(fact)}</li>
            ))}
          </ul>
        </dd>
        <dt>{t.termsPartner}</dt>
        <dd>{partner ?? t.thisWebsite}</dd>
        <dt>{t.termsPurpose}</dt>
        <dd>{purpose}</dd>
      </dl>
    </section>
  )
}
