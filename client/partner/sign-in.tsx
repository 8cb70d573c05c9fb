import { type SubmitEvent, useId, useState } from 'react'
import { useTexts } from './locale.ts'
import styles from './partner.module.css'
import { explained, type Problem } from './problem.ts'

interface SignInProps {
  problem: Problem | null
  onSignIn: (key: string) => Promise<void>
}

/** A header can not carry anything else, and no key has it. */
const printable = /^[\x21-\x7e]+$/

export function SignIn({ problem, onSignIn }: SignInProps) {
  const { t } = useTexts()
  const [key, setKey] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [isUnusable, setUnusable] = useState(false)
  const ids = { hint: useId(), problem: useId() }
  const shown = isUnusable ? 'UNAUTHENTICATED' : problem

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (isBusy) return
    const given = key.trim()
    setUnusable(!printable.test(given))
    if (!printable.test(given)) return
    setBusy(true)
    await onSignIn(given)
    setBusy(false)
  }

  return (
    <form className={styles.signIn} onSubmit={submit}>
      <h2>{t.signInTitle}</h2>
      <p id={ids.hint} className={styles.muted}>
        {t.signInText}
      </p>
      <label>
        {t.key}
        {/* Without a name, so that no form can put it into a URL. */}
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          required
          value={key}
          onChange={({ target }) => setKey(target.value)}
          aria-describedby={`${ids.hint} ${ids.problem}`}
          aria-invalid={shown !== null}
        />
      </label>
      <p id={ids.problem} role="alert" className={styles.problem}>
        {shown !== null && !isBusy && explained(t, shown)}
      </p>
      <button type="submit" className={styles.button} aria-disabled={isBusy}>
        {isBusy ? t.loading : t.signIn}
      </button>
    </form>
  )
}
