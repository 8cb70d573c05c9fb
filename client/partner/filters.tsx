import { type SubmitEvent, useEffect, useEffectEvent, useState } from 'react'
import { useMediaQuery } from '../ui/use-media-query.ts'
import { dayIn, type Filter } from './filter.ts'
import styles from './filters.module.css'
import { useTexts } from './locale.ts'
import { useDraft } from './use-draft.ts'

/** From the last letter to the search. */
const searchDelayMs = 300

interface FiltersProps {
  policies: string[]
  filter: Filter
  /** With `isTyping` it is one step of many. */
  onFilter: (filter: Filter, isTyping?: boolean) => void
}

/** The conditions apart from the result. On a narrow window they are folded away. */
export function Filters(props: FiltersProps) {
  const { t } = useTexts()
  const isWide = useMediaQuery('(width >= 40rem)')
  const { result: _, ...others } = props.filter
  // At first only: clearing a field must not fold it away.
  const [isOpen] = useState(Object.values(others).some(Boolean))
  if (isWide) return <Fields {...props} />
  return (
    <details className={styles.folded} open={isOpen}>
      <summary>{t.filter}</summary>
      <Fields {...props} />
    </details>
  )
}

function Fields({ policies, filter, onFilter }: FiltersProps) {
  const { t } = useTexts()
  const [search, setSearch] = useDraft(filter.search)
  const change = (changes: Partial<Filter>) => onFilter({ ...filter, search, ...changes })

  const searchNow = useEffectEvent(() => {
    if (search !== filter.search) onFilter({ ...filter, search }, true)
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each letter starts the delay again
  useEffect(() => {
    const timer = setTimeout(searchNow, searchDelayMs)
    return () => clearTimeout(timer)
  }, [search])

  function submit(event: SubmitEvent) {
    event.preventDefault()
    searchNow()
  }

  // A link can name a policy that no longer exists.
  const known = filter.policy === null || policies.includes(filter.policy) ? [] : [filter.policy]
  return (
    <form aria-label={t.filter} className={styles.filters} onSubmit={submit}>
      <label className={styles.search}>
        {t.search}
        <input
          type="search"
          autoComplete="off"
          spellCheck={false}
          placeholder={t.searchHint}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
      </label>
      <label className={styles.policy}>
        {t.policy}
        <select
          value={filter.policy ?? ''}
          onChange={({ target }) => change({ policy: target.value || null })}
        >
          <option value="">{t.all}</option>
          {[...policies, ...known].map((policy) => (
            <option key={policy}>{policy}</option>
          ))}
        </select>
      </label>
      <Day label={t.from} value={filter.from} max={filter.to} onDay={(from) => change({ from })} />
      <Day label={t.to} value={filter.to} min={filter.from} onDay={(to) => change({ to })} />
    </form>
  )
}

interface DayProps {
  label: string
  value: string | null
  min?: string | null
  max?: string | null
  onDay: (day: string | null) => void
}

function Day({ label, value, min, max, onDay }: DayProps) {
  const [draft, setDraft] = useDraft(value ?? '')
  function change(text: string) {
    setDraft(text)
    if (text === '' || dayIn(text) !== null) onDay(dayIn(text))
  }
  return (
    <label>
      {label}
      <input
        type="date"
        value={draft}
        min={min ?? '2000-01-01'}
        max={max ?? '2999-12-31'}
        onChange={({ target }) => change(target.value)}
      />
    </label>
  )
}
