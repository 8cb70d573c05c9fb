import { useId } from 'react'
import text from '../ui/text.module.css'
import badges from './badge.module.css'
import type { CountOf, Counts } from './live-counts.ts'
import { numberIn, useTexts } from './locale.ts'
import styles from './result-filter.module.css'
import { type Result, results } from './states.ts'

interface ResultFilterProps {
  counts: Counts | null
  selected: Result | null
  onSelect: (result: Result | null) => void
}

/** How many share requests came to each result. Selecting one filters the list by it. */
export function ResultFilter({ counts, selected, onSelect }: ResultFilterProps) {
  const { t } = useTexts()
  const name = useId()
  return (
    <fieldset className={styles.results}>
      <legend className={text.hidden}>{t.result}</legend>
      {([null, ...results] as const).map((result) => (
        <label key={result} className={styles.result}>
          <input
            type="radio"
            className={text.hidden}
            name={name}
            checked={result === selected}
            onChange={() => onSelect(result)}
          />
          {result === null ? (
            t.all
          ) : (
            <span className={`${badges.badge} ${badges.result}`} data-result={result}>
              {t[`result_${result}`]}
            </span>
          )}{' '}
          <CountText count={counts?.[result ?? 'ALL']} />
        </label>
      ))}
    </fieldset>
  )
}

function CountText({ count }: { count: CountOf | undefined }) {
  const countText = useCountText()
  return <strong className={styles.count}>{count === undefined ? '–' : countText(count)}</strong>
}

/** Writes a number, such as `214` or `10,000+`. */
export function useCountText() {
  const { t, locale } = useTexts()
  return ({ value, isExact }: CountOf) =>
    isExact ? numberIn(locale, value) : t.orMore(numberIn(locale, value))
}
