import { type SubmitEvent, useId, useState } from 'react'
import buttons from '../ui/button.module.css'
import text from '../ui/text.module.css'
import { useTexts } from './locale.ts'
import page from './partner-page.module.css'
import { explained, type Problem } from './problem.ts'
import styles from './sign-in.module.css'

interface SignInProps {
  problem: Problem | null
  onSignIn: (key: string) => Promise<void>
}

/** A header cannot carry anything else, and no key contains it. */
const printable = /^[\x21-\x7e]+$/

/** The key without what was copied along with it from a header or a wrapped line. */
const bare = (key: string) => key.replace(/^\s*bearer\s+/i, '').replace(/\s/g, '')

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
    const given = bare(key)
    setUnusable(!printable.test(given))
    if (!printable.test(given)) return
    setBusy(true)
    await onSignIn(given)
    setBusy(false)
  }

  return (
    <form className={`${page.card} ${styles.signIn}`} onSubmit={submit}>
      <h2 tabIndex={-1}>{t.signInTitle}</h2>
      <p id={ids.hint} className={text.muted}>
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
      <p id={ids.problem} role="alert" className={page.problem}>
        {shown !== null && !isBusy && explained(t, shown)}
      </p>
      <button type="submit" className={buttons.button} aria-disabled={isBusy}>
        {isBusy ? t.loading : t.signIn}
      </button>
    </form>
  )
}
