import { useState } from 'react'
import { useClient } from 'urql'
import type { FragmentType } from '../generated/partner/fragment-masking.ts'
import text from '../verification/text.module.css'
import buttons from '../verification/views/button.module.css'
import styles from './detail.module.css'
import { useTexts } from './locale.ts'
import { CancelListed, CheckListed, type ListedShareRequest } from './operations.ts'
import { explained, problemOf } from './problem.ts'

interface ActionsProps {
  id: string
  onChange: (changed: FragmentType<typeof ListedShareRequest>) => void
}

/** What can be done with a pending share request. Whether the key may, the gateway says. */
export function Actions({ id, onChange }: ActionsProps) {
  const { t } = useTexts()
  const client = useClient()
  const [isBusy, setBusy] = useState(false)
  const [isForbidden, setForbidden] = useState(false)
  const [said, setSaid] = useState('')

  async function run(what: 'check' | 'cancel') {
    if (isBusy) return
    setBusy(true)
    setSaid('')
    const { result, error } = await (what === 'check' ? check() : cancel())
    setBusy(false)
    if (error) {
      const problem = problemOf(error)
      setForbidden(problem === 'FORBIDDEN')
      setSaid(explained(t, problem))
    } else if (result?.__typename === 'ShareRequest') {
      onChange(result)
      setSaid(t.done)
    } else if (result) setSaid(t[`refusal_${result.__typename}`])
  }
  async function check() {
    const { data, error } = await client.mutation(CheckListed, { input: { id } }).toPromise()
    return { result: data?.checkShareRequest, error }
  }
  async function cancel() {
    const { data, error } = await client.mutation(CancelListed, { input: { id } }).toPromise()
    return { result: data?.cancelShareRequest, error }
  }

  return (
    <div className={styles.actions}>
      {!isForbidden && (
        <>
          <button type="button" className={buttons.quiet} aria-disabled={isBusy} onClick={() => run('check')}>
            {t.check}
          </button>
          <button
            type="button"
            className={buttons.quiet}
            aria-disabled={isBusy}
            onClick={() => run('cancel')}
          >
            {t.cancel}
          </button>
        </>
      )}
      <p role="status" className={text.muted}>
        {said}
      </p>
    </div>
  )
}
