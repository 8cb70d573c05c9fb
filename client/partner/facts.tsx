import { useState } from 'react'
import { useClient } from 'urql'
import type {
  FactKind,
  RevealedFactsQuery,
  RevealedFactsQueryVariables,
} from '../generated/partner/graphql.ts'
import buttons from '../ui/button.module.css'
import text from '../ui/text.module.css'
import styles from './detail.module.css'
import { useTexts } from './locale.ts'
import { Moment } from './moment.tsx'
import { RevealedFacts } from './operations.ts'
import page from './partner-page.module.css'
import { explained, type Problem, problemOf } from './problem.ts'
import type { PartnerTexts } from './texts/index.ts'

type Revealed = NonNullable<NonNullable<RevealedFactsQuery['shareRequest']>['facts']>
type Field = Exclude<keyof RevealedFactsQueryVariables, 'id'>

const fields: Record<FactKind, Field> = {
  FULL_NAME: 'fullName',
  GIVEN_NAME: 'givenName',
  FAMILY_NAME: 'familyName',
  DATE_OF_BIRTH: 'dateOfBirth',
  AGE_OVER_18: 'ageOver18',
  AGE_OVER_21: 'ageOver21',
  NATIONALITY: 'nationality',
  ADDRESS: 'address',
  DOCUMENT_NUMBER: 'documentNumber',
  TAX_NUMBER: 'taxNumber',
  EMAIL: 'email',
  PHONE: 'phone',
}

/** Selecting a fact that was not requested is an error. */
const selection = (kinds: readonly FactKind[]) =>
  Object.fromEntries(kinds.map((kind) => [fields[kind], true]))

interface FactsProps {
  /** Id of an approved share request. */
  id: string
  /** Those that its policy requests. */
  kinds: readonly FactKind[]
}

/** The facts, fetched when they are revealed. They exist in this component's state only. */
export function Facts({ id, kinds }: FactsProps) {
  const { t } = useTexts()
  const client = useClient()
  const [facts, setFacts] = useState<Revealed | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [said, setSaid] = useState<'revealed' | 'hidden' | null>(null)

  async function reveal() {
    if (isBusy) return
    setBusy(true)
    const { data, error } = await client.query(RevealedFacts, { id, ...selection(kinds) }).toPromise()
    setBusy(false)
    const revealed = data?.shareRequest?.facts ?? null
    setFacts(revealed)
    setSaid(revealed && 'revealed')
    setProblem(error ? problemOf(error) : data?.shareRequest ? null : 'SHARE_REQUEST_NOT_FOUND')
  }

  function hide() {
    setFacts(null)
    setSaid('hidden')
  }

  return (
    <section className={styles.facts}>
      <h3>{t.factsTitle}</h3>
      <p className={text.muted}>{t.factsText}</p>
      {facts !== null && (
        <dl className={styles.pairs}>
          {kinds.map((kind) => (
            <div key={kind}>
              <dt>{t[`fact_${kind}`]}</dt>
              <dd>{inText(facts[fields[kind]], t)}</dd>
            </div>
          ))}
          <div>
            <dt>{t.provenAt}</dt>
            <dd>
              <Moment dateTime={facts.provenAt} />
            </dd>
          </div>
        </dl>
      )}
      {/* One button all the time, so that it keeps the focus. */}
      <button
        type="button"
        className={facts === null ? buttons.button : buttons.quiet}
        aria-disabled={isBusy}
        onClick={facts === null ? reveal : hide}
      >
        {facts !== null ? t.hide : isBusy ? t.loading : t.reveal}
      </button>
      <p role="status" className={text.hidden}>
        {said !== null && t[`said_${said}`]}
      </p>
      <p role="alert" className={page.problem}>
        {problem !== null && explained(t, problem)}
      </p>
    </section>
  )
}

function inText(value: Revealed[Field], t: PartnerTexts): string {
  if (value === null || value === undefined) return t.notShared
  if (typeof value === 'boolean') return value ? t.yes : t.no
  if (typeof value === 'string') return value
  const { street, postalCode, city, region, country } = value
  return [street, postalCode, city, region, country].filter((part) => part !== null).join(', ')
}
