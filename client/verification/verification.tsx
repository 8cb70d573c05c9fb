import { useEffect, useEffectEvent, useMemo, useRef } from 'react'
import { browserLocale } from './messages/browser-locale.ts'
import type { Locale } from './messages/define-messages.ts'
import { messagesIn } from './messages/index.ts'
import type { ShareRequestHandle } from './saved-share-request.ts'
import text from './text.module.css'
import { TextsContext } from './texts.tsx'
import { useFocusOnChange } from './use-focus-on-change.ts'
import { useShareRequest } from './use-share-request.ts'
import styles from './verification.module.css'
import { endOf, type VerificationEnd } from './verification-end.ts'
import { Help } from './views/help.tsx'
import { ShareRequestView } from './views/share-request-view.tsx'

export interface VerificationProps {
  /** Name of the policy that says what is asked. */
  policy: string
  /**
   * Called once when the customer is verified. The handle lets the page's own server ask the gateway for the outcome. For
   * an approval that came while the page was away, between two loads, it is called when the customer presses Continue.
   */
  onVerified?: (handle: ShareRequestHandle) => void
  /** Called once for each share request that ended otherwise while the page was there. The customer is shown why, and can start again. */
  onFailed?: (end: Exclude<VerificationEnd, 'VERIFIED'>, handle: ShareRequestHandle) => void
  /**
   * Where a verified customer goes on: the handle, and the language as `lang`, are posted there as a form. Of the page's
   * own origin.
   */
  securePage?: string
  /** The browser's language if it is not given, English where there are no texts in that. */
  locale?: Locale
  /** The system's colour scheme if it is not given. */
  theme?: 'light' | 'dark'
  /** With whom facts are shared, as the customer knows it. */
  partner?: string
  /**
   * Starts when mounted; otherwise the customer presses a button. Set it only after the customer pressed one of yours: a
   * page that always starts by itself replaces an approval that arrived while it was being reloaded.
   */
  autoStart?: boolean
}

/** Leads a customer through one verification. Needs a `GatewayProvider` around it. */
export function Verification(props: VerificationProps) {
  const { policy, onVerified, onFailed, securePage, partner, theme, autoStart = false } = props
  const locale = props.locale ?? browserLocale()
  const shareRequest = useShareRequest(policy, { autoStart, locale })
  const root = useRef<HTMLElement>(null)
  const shown =
    shareRequest.phase === 'following'
      ? `${shareRequest.handle.id} ${shareRequest.status.__typename}`
      : shareRequest.phase
  const announcement = useFocusOnChange(root, shown)

  const texts = useMemo(
    () => ({ locale, t: messagesIn(locale), partner: partner ?? null }),
    [locale, partner],
  )

  const reported = useRef<string>(undefined)
  function report(end: VerificationEnd, handle: ShareRequestHandle) {
    if (reported.current === handle.id) return
    reported.current = handle.id
    if (end === 'VERIFIED') onVerified?.(handle)
    else onFailed?.(end, handle)
  }
  const reportEnd = useEffectEvent(report)
  useEffect(() => {
    const end = endOf(shareRequest)
    if (shareRequest.phase === 'following' && end !== null && !shareRequest.endedBefore)
      reportEnd(end, shareRequest.handle)
  }, [shareRequest])

  return (
    <TextsContext value={texts}>
      <section ref={root} className={styles.root} lang={locale} data-theme={theme}>
        <p role="status" className={text.hidden}>
          {announcement}
        </p>
        <ShareRequestView
          policy={policy}
          securePage={securePage}
          shareRequest={shareRequest}
          onContinue={onVerified && ((handle) => report('VERIFIED', handle))}
        />
        <Help />
      </section>
    </TextsContext>
  )
}
