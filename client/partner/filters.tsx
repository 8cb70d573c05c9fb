import { type SubmitEvent, useState } from 'react'
import buttons from '../ui/button.module.css'
import styles from './filters.module.css'
import { useTexts } from './locale.ts'
import { states } from './states.ts'
import type { Filter } from './use-share-requests.ts'

interface FiltersProps {
  policies: string[]
  filter: Filter
  onFilter: (filter: Filter) => void
}

export function Filters({ policies, filter, onFilter }: FiltersProps) {
  const { t } = useTexts()
  const [reference, setReference] = useState('')

  /** Not with each letter: it must be the whole reference. */
  function applyReference() {
    const whole = reference.trim() || null
    if (whole !== filter.reference) onFilter({ ...filter, reference: whole })
  }
  function submit(event: SubmitEvent) {
    event.preventDefault()
    applyReference()
  }

  return (
    <form aria-label={t.filter} className={styles.filters} onSubmit={submit}>
      <label>
        {t.state}
        <select
          value={filter.state ?? ''}
          onChange={({ target }) =>
            onFilter({ ...filter, state: states.find((state) => state === target.value) ?? null })
          }
        >
          <option value="">{t.all}</option>
          {states.map((state) => (
            <option key={state} value={state}>
              {t[`state_${state}`]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t.policy}
        <select
          value={filter.policy ?? ''}
          onChange={({ target }) => onFilter({ ...filter, policy: target.value || null })}
        >
          <option value="">{t.all}</option>
          {policies.map((policy) => (
            <option key={policy}>{policy}</option>
          ))}
        </select>
      </label>
      <label>
        {t.reference}
        <input
          type="search"
          autoComplete="off"
          placeholder={t.referenceHint}
          value={reference}
          onChange={({ target }) => setReference(target.value)}
          onBlur={applyReference}
        />
      </label>
      <button type="submit" className={buttons.quiet}>
        {t.filter}
      </button>
    </form>
  )
}
