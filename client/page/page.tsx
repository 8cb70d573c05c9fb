import { Verification } from '@portmone-gateway/verification'
import { useEffect, useRef } from 'react'
import { browserLocale } from '../ui/browser-locale.ts'
import { useFocusOnChange } from '../ui/use-focus-on-change.ts'
import { go, useAddress } from './address.ts'
import type { Brand } from './brand.ts'
import header from './header.module.css'
import { Header } from './header.tsx'
import styles from './page.module.css'
import { PolicyChoice } from './policy-choice.tsx'
import { pageTexts } from './texts.ts'

/** The demo around the verification: a header, the choice of a policy, and the verification itself. */
export function Page({ brand }: { brand: Brand }) {
  const address = useAddress()
  const locale = address.locale ?? browserLocale()
  const t = pageTexts(locale)
  const main = useRef<HTMLElement>(null)
  const verified = address.verifying ? address.policy : null
  useFocusOnChange(main, verified ?? '')
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])

  return (
    <div className={styles.page}>
      <Header
        brand={brand}
        locale={locale}
        onLocale={(chosen) => go({ ...address, locale: chosen }, { replace: true })}
      />
      <main ref={main}>
        {verified === null ? (
          <PolicyChoice
            locale={locale}
            chosen={address.policy}
            onVerify={(policy) => go({ ...address, policy, verifying: true, pressed: true })}
          />
        ) : (
          <>
            <p className={styles.back}>
              <button
                type="button"
                className={header.link}
                onClick={() => go({ ...address, policy: null, verifying: false, pressed: false })}
              >
                {t.back}
              </button>
            </p>
            <Verification
              key={verified}
              policy={verified}
              locale={locale}
              securePage="secure"
              autoStart={address.pressed}
              partner={brand.name}
            />
          </>
        )}
      </main>
    </div>
  )
}
