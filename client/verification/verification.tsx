import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { useBrowserLocale } from '../ui/browser-locale.ts'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import type { Locale } from '../ui/locales.ts'
import text from '../ui/text.module.css'
import { useFocusOnChange } from '../ui/use-focus-on-change.ts'
import { useLatestCallback } from '../ui/use-latest-callback.ts'
import type { ShareRequestHandle } from './saved-share-request.ts'
import type { Following } from './share-request-state.ts'
import { useVerificationTexts } from './texts/index.ts'
import { TextsContext } from './texts-context.ts'
import { useShareRequest } from './use-share-request.ts'
import styles from './verification.module.css'
import { resultOf, type VerificationResult } from './verification-result.ts'
import { BrokenView } from './views/broken-view.tsx'
import { Help } from './views/help.tsx'
import { ShareRequestView } from './views/share-request-view.tsx'

/** Props of `<Verification>`. */
export interface VerificationProps {
  /** Name of the policy, such as `age-over-18`: which facts are requested, and why. */
  policy: string
  /** Your own reference for the share request, such as `order-1`. Your server compares it with its session. */
  reference?: string
  /**
   * Called once when the customer is verified. Send `handle.id` to your server, and let it ask the gateway for the outcome.
   * If the approval arrived while the page was away, between two loads, it is called when the customer presses Continue.
   */
  onVerified?: (handle: ShareRequestHandle) => void
  /** Called once for each share request that ended otherwise while the page was there. The customer is shown why and, unless a check failed, can start again. */
  onFailed?: (result: Exclude<VerificationResult, 'VERIFIED'>, handle: ShareRequestHandle) => void
  /**
   * Where a verified customer continues. The handle, and the language as `lang`, are posted there as a form. Must be of the
   * page's own origin.
   */
  securePage?: string
  /** Default: the browser's language, or English if it has no texts. */
  locale?: Locale
  /** Default: the system's colour scheme. */
  theme?: 'light' | 'dark'
  /** Whom the customer shares facts with, by the name that the customer knows. */
  partner?: string
  /**
   * Starts when mounted; otherwise the customer presses a button. Set it only after the customer pressed one of yours: a
   * page that always starts by itself replaces an approval that arrived while it was being reloaded.
   */
  autoStart?: boolean
  /** Shown below a result, such as a link back. */
  afterEnd?: (result: VerificationResult, following: Following) => ReactNode
}

/** Leads a customer through one verification. Must be inside a `GatewayProvider`. */
export function Verification(props: VerificationProps) {
  const { policy, reference, onVerified, onFailed, securePage, partner, theme, autoStart = false } = props
  const browserLocale = useBrowserLocale()
  const locale = props.locale ?? browserLocale
  const loaded = useVerificationTexts(locale)
  const shareRequest = useShareRequest(policy, { autoStart, locale, reference })
  const root = useRef<HTMLElement>(null)
  const shown =
    shareRequest.phase === 'following'
      ? `${shareRequest.handle.id} ${shareRequest.status.__typename} ${shareRequest.confirming}`
      : shareRequest.phase
  const announcement = useFocusOnChange(root, shown)

  const texts = useMemo(
    () => loaded && { locale: loaded.locale, t: loaded.texts, partner: partner ?? null },
    [loaded, partner],
  )

  const reported = useRef<string | undefined>(undefined)
  function report(result: VerificationResult, handle: ShareRequestHandle) {
    if (reported.current === handle.id) return
    reported.current = handle.id
    if (result === 'VERIFIED') onVerified?.(handle)
    else onFailed?.(result, handle)
  }
  const reportResult = useLatestCallback(report)
  const result = resultOf(shareRequest)
  useEffect(() => {
    const result = resultOf(shareRequest)
    if (shareRequest.phase === 'following' && result !== null && !shareRequest.endedBefore)
      reportResult(result, shareRequest.handle)
  }, [shareRequest, reportResult])

  return (
    <section
      ref={root}
      className={styles.root}
      lang={texts?.locale ?? locale}
      data-theme={theme}
      aria-busy={texts === null}
    >
      {texts && (
        <TextsContext.Provider value={texts}>
          <p role="status" className={text.hidden}>
            {announcement}
          </p>
          <ErrorBoundary fallback={(reset) => <BrokenView onRetry={reset} />}>
            <ShareRequestView
              policy={policy}
              securePage={securePage}
              shareRequest={shareRequest}
              onContinue={onVerified && ((handle) => report('VERIFIED', handle))}
            />
            {result !== null && shareRequest.phase === 'following' && props.afterEnd?.(result, shareRequest)}
          </ErrorBoundary>
          <Help />
        </TextsContext.Provider>
      )}
    </section>
  )
}
