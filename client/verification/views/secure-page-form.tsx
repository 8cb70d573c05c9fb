import { useEffect, useRef } from 'react'
import type { ShareRequestHandle } from '../saved-share-request.ts'
import text from '../text.module.css'
import { useTexts } from '../texts.tsx'
import buttons from './button.module.css'
import panel from './panel.module.css'

/** Milliseconds in which the outcome can be read. */
const readingTime = 2_500

interface SecurePageFormProps {
  action: string
  handle: ShareRequestHandle
  /** The customer may have come back from the secure page. */
  wasThere: boolean
}

/**
 * Takes the customer on to the secure page by posting the handle and the language there: by itself after a while, or at
 * a press. One who came back with the browser's button is not sent away again.
 */
export function SecurePageForm({ action, handle, wasThere }: SecurePageFormProps) {
  const { t, locale } = useTexts()
  const form = useRef<HTMLFormElement>(null)
  const goesOn = !(wasThere && cameByHistory())

  useEffect(() => {
    if (!goesOn) return
    const timer = setTimeout(() => form.current?.requestSubmit(), readingTime)
    return () => clearTimeout(timer)
  }, [goesOn])

  return (
    <form ref={form} className={panel.actions} method="post" action={action}>
      <input type="hidden" name="id" value={handle.id} />
      <input type="hidden" name="clientSecret" value={handle.clientSecret} />
      <input type="hidden" name="lang" value={locale} />
      <button type="submit" className={buttons.button}>
        {t.continue}
      </button>
      {goesOn && <p className={text.muted}>{t.continuing}</p>}
    </form>
  )
}

function cameByHistory() {
  const [navigation] = performance.getEntriesByType('navigation')
  return navigation !== undefined && 'type' in navigation && navigation.type === 'back_forward'
}
