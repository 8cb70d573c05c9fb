import { useGateway } from '@portmone-gateway/verification'
import { type SubmitEvent, useState } from 'react'
import { type FragmentType, readFragment } from '../generated/fragment-masking.ts'
import { graphql } from '../generated/gql.ts'
import buttons from '../ui/button.module.css'
import { factLabels } from '../ui/fact-labels.ts'
import { humanize } from '../ui/humanize.ts'
import type { Locale } from '../ui/locales.ts'
import text from '../ui/text.module.css'
import { useQuery } from '../ui/use-query.ts'
import { useViewTitle } from '../ui/view-title.ts'
import { Failure } from './failure.tsx'
import styles from './policy-choice.module.css'
import { policyNames } from './policy-names.ts'
import { Skeleton } from './skeleton.tsx'
import { pageTexts } from './texts/index.ts'

const PolicyOption = graphql(`
  fragment PolicyOption on Policy {
    name
    purpose(language: $language)
    facts
  }
`)

const Policies = graphql(`
  query Policies($language: String) {
    policies {
      name
      access
      ...PolicyOption
    }
  }
`)

interface PolicyChoiceProps {
  locale: Locale
  onVerify: (policy: string) => void
}

/** The policies that a customer may use, and the button that begins. */
export function PolicyChoice({ locale, onVerify }: PolicyChoiceProps) {
  const t = pageTexts(locale)
  const { client } = useGateway()
  const { data, error, retry } = useQuery(client, Policies, { language: locale })
  useViewTitle(t.chooseTitle)
  const [marked, setMarked] = useState<string | null>(null)

  if (!data && !error)
    return (
      <div role="status">
        <span className={text.hidden}>{t.loading}</span>
        <Skeleton />
      </div>
    )
  if (!data)
    return (
      <Failure
        title={error?.networkError ? t.networkTitle : t.serverTitle}
        text={error?.networkError ? t.networkText : t.serverText}
        action={t.tryAgain}
        onAction={retry}
      />
    )

  const { policies } = data
  const selected = policies.find(({ name }) => name === marked) ?? policies[0]
  if (selected === undefined)
    return (
      <p role="status" className={styles.message}>
        {t.none}
      </p>
    )

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onVerify(selected.name)
  }
  return (
    <form onSubmit={submit} className={styles.choice}>
      <fieldset>
        <legend>
          <h2 tabIndex={-1}>{t.chooseTitle}</h2>
        </legend>
        <p>{t.chooseText}</p>
        {policies.map((policy) => (
          <Option
            key={policy.name}
            policy={policy}
            locale={locale}
            isChecked={policy.name === selected.name}
            onCheck={() => setMarked(policy.name)}
          />
        ))}
      </fieldset>
      <button type="submit" className={buttons.button}>
        {t.verify}
      </button>
    </form>
  )
}

interface OptionProps {
  policy: FragmentType<typeof PolicyOption>
  locale: Locale
  isChecked: boolean
  onCheck: () => void
}

function Option({ policy, locale, isChecked, onCheck }: OptionProps) {
  const { name, purpose, facts } = readFragment(PolicyOption, policy)
  const factsInWords = facts.map((fact) => factLabels[locale][fact] ?? humanize(fact))
  return (
    <label className={styles.option}>
      <input type="radio" name="policy" value={name} checked={isChecked} onChange={onCheck} />
      <span className={styles.optionName}>{policyNames[locale][name] ?? humanize(name)}</span>
      <span className={styles.optionPurpose}>{purpose}</span>
      <span className={styles.optionFacts}>
        {pageTexts(locale).shares} {factsInWords.join(' · ')}
      </span>
    </label>
  )
}
