import { useEffect, useRef, useState } from 'react'
import { browserLocale } from '../ui/browser-locale.ts'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { useFocusOnChange } from '../ui/use-focus-on-change.ts'
import { ViewTitle } from '../ui/view-title.ts'
import { go, start, useAddress } from './address.ts'
import type { Brand } from './brand.ts'
import { Failure } from './failure.tsx'
import { Header } from './header.tsx'
import { HostedVerification } from './hosted-verification.tsx'
import styles from './page.module.css'
import { PolicyChoice } from './policy-choice.tsx'
import { pageTexts } from './texts/index.ts'

interface PageProps {
  /** Null while it is loading. */
  brand: Brand | null
  onRetryBrand: () => void
}

/** The page around the verification: a header, and the choice of a policy unless the address names one. */
export function Page({ brand, onRetryBrand }: PageProps) {
  const address = useAddress()
  const { policy } = address
  const locale = address.locale ?? browserLocale()
  const t = pageTexts(locale)
  const main = useRef<HTMLElement>(null)
  useFocusOnChange(main, policy ?? '')
  const [title, setTitle] = useState('')
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  useEffect(() => {
    document.title = [title, brand?.name].filter(Boolean).join(' · ')
  }, [title, brand])

  return (
    <ViewTitle value={setTitle}>
      <div className={styles.page}>
        <Header
          brand={brand}
          locale={locale}
          onLocale={(chosen) => go({ ...address, locale: chosen }, { replace: true })}
        />
        <main ref={main}>
          <ErrorBoundary
            fallback={(reset) => (
              <Failure title={t.serverTitle} text={t.serverText} action={t.tryAgain} onAction={reset} />
            )}
          >
            {policy === null ? (
              <PolicyChoice
                locale={locale}
                onVerify={(chosen) =>
                  go({ ...start, policy: chosen, locale: address.locale, requested: true })
                }
              />
            ) : (
              <HostedVerification
                key={`${policy} ${address.reference}`}
                {...{ address, policy, locale, brand, onRetryBrand }}
              />
            )}
          </ErrorBoundary>
        </main>
      </div>
    </ViewTitle>
  )
}
