import { type RefObject, useState } from 'react'
import { useClient } from 'urql'
import type { FragmentType } from '../generated/partner/fragment-masking.ts'
import buttons from '../ui/button.module.css'
import { FocusScope } from '../ui/focus-scope.tsx'
import styles from './detail.module.css'
import { useTexts } from './locale.ts'
import { CancelListed, CheckListed, type ListedShareRequest } from './operations.ts'
import { explained, problemOf } from './problem.ts'

interface ActionsProps {
  id: string
  /** Gets the focus when the buttons are gone. */
  focusFallback: RefObject<HTMLElement | null>
  /** Called with what came of an action, in words. */
  onSaid: (said: string) => void
  onChange: (changed: FragmentType<typeof ListedShareRequest>) => void
}

/** What can be done with a pending share request. The gateway says whether the key may do it. */
export function Actions({ id, focusFallback, onSaid, onChange }: ActionsProps) {
  const { t } = useTexts()
  const client = useClient()
  const [isBusy, setBusy] = useState(false)
  const [isForbidden, setForbidden] = useState(false)

  async function run(what: 'check' | 'cancel') {
    if (isBusy) return
    setBusy(true)
    onSaid('')
    const { result, error } = await (what === 'check' ? check() : cancel())
    setBusy(false)
    if (error) {
      const problem = problemOf(error)
      setForbidden(problem === 'FORBIDDEN')
      onSaid(explained(t, problem))
    } else if (result?.__typename === 'ShareRequest') {
      onChange(result)
      onSaid(t.done)
    } else if (result) onSaid(t[`refusal_${result.__typename}`])
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
    !isForbidden && (
      <FocusScope className={styles.actions} fallback={focusFallback}>
        <button type="button" className={buttons.quiet} aria-disabled={isBusy} onClick={() => run('check')}>
          {t.check}
        </button>
        <button type="button" className={buttons.quiet} aria-disabled={isBusy} onClick={() => run('cancel')}>
          {t.cancel}
        </button>
      </FocusScope>
    )
  )
}
