import { Verification, type VerificationProps } from '@portmone-gateway/verification'
import { Button } from '../ui/button.tsx'
import type { Locale } from '../ui/locales.ts'
import panel from '../ui/panel.module.css'
import { type Address, go, start } from './address.ts'
import type { Brand } from './brand.ts'
import { Failure } from './failure.tsx'
import header from './header.module.css'
import styles from './page.module.css'
import { ReturnLink } from './return-link.tsx'
import { isAllowed, originOf, parseUrl, siteOf } from './return-url.ts'
import { pageTexts } from './texts/index.ts'

interface HostedVerificationProps {
  address: Address
  policy: string
  locale: Locale
  /** Null while it is loading. */
  brand: Brand | null
  onRetryBrand: () => void
}

/** One verification, and the way back to the site that asked for it, if the gateway's operator allows that site. */
export function HostedVerification(props: HostedVerificationProps) {
  const { address, policy, locale, brand, onRetryBrand } = props
  const { reference, returnTo, requested } = address
  const t = pageTexts(locale)
  const partner = brand?.name ?? location.hostname
  const choose = () => go({ ...start, locale: address.locale })

  if (returnTo !== null && brand === null) return <p role="status">{t.loading}</p>
  if (returnTo !== null && brand?.returnOrigins === undefined)
    return <Failure title={t.networkTitle} text={t.networkText} action={t.tryAgain} onAction={onRetryBrand} />
  const returnUrl = returnTo === null ? null : parseUrl(returnTo)
  if (returnTo !== null && !isAllowed(returnUrl, brand?.returnOrigins))
    return (
      <Failure
        title={t.returnRefusedTitle}
        text={t.returnRefusedText(returnUrl && originOf(returnUrl))}
        action={t.back}
        onAction={choose}
      />
    )

  const afterEnd: VerificationProps['afterEnd'] = (result, { handle, endedBefore }) => {
    if (returnUrl !== null)
      return (
        <ReturnLink
          key={handle.id}
          url={returnUrl}
          site={siteOf(returnUrl, partner)}
          shareRequestId={handle.id}
          automatic={result === 'VERIFIED' && !endedBefore}
          locale={locale}
        />
      )
    if (result === 'VERIFIED') return null
    return (
      <p className={`${panel.actions} ${styles.afterEnd}`}>
        <Button quiet onPress={choose}>
          {t.chooseAnother}
        </Button>
      </p>
    )
  }
  return (
    <>
      <p className={styles.back}>
        {returnUrl === null ? (
          <button type="button" className={header.link} onClick={choose}>
            {t.back}
          </button>
        ) : (
          <a className={header.link} href={returnUrl.href}>
            {t.backTo(siteOf(returnUrl, partner))}
          </a>
        )}
      </p>
      <Verification
        policy={policy}
        {...(reference !== null && { reference })}
        locale={locale}
        {...(returnUrl === null && { securePage: 'secure' })}
        autoStart={requested}
        partner={partner}
        afterEnd={afterEnd}
      />
    </>
  )
}
