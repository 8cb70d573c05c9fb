import { useRef } from 'react'
import buttons from '../../ui/button.module.css'
import panel from '../../ui/panel.module.css'
import text from '../../ui/text.module.css'
import { useLeaving } from '../../ui/use-leaving.ts'
import type { ShareRequestHandle } from '../saved-share-request.ts'
import { useTexts } from '../texts-context.ts'

interface SecurePageFormProps {
  action: string
  handle: ShareRequestHandle
  /** Submits by itself after a while. */
  automatic: boolean
  onSubmit: (() => void) | undefined
}

/** Takes the customer to the secure page by posting the handle and the language. */
export function SecurePageForm({ action, handle, automatic, onSubmit }: SecurePageFormProps) {
  const { t, locale } = useTexts()
  const form = useRef<HTMLFormElement>(null)
  const isLeaving = useLeaving(automatic, () => form.current?.requestSubmit())
  return (
    <form ref={form} className={panel.actions} method="post" action={action} onSubmit={onSubmit}>
      <input type="hidden" name="id" value={handle.id} />
      <input type="hidden" name="clientSecret" value={handle.clientSecret} />
      <input type="hidden" name="lang" value={locale} />
      <button type="submit" className={buttons.button}>
        {t.continue}
      </button>
      {isLeaving && <p className={text.muted}>{t.continuing}</p>}
    </form>
  )
}
