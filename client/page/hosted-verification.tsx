import { Verification, type VerificationProps } from '@portmone-gateway/verification'
import { Button } from '../ui/button.tsx'
import type { Locale } from '../ui/locales.ts'
import panel from '../ui/panel.module.css'
import { Panel } from '../ui/panel.tsx'
import { type Address, go, start } from './address.ts'
import type { Brand } from './brand.ts'
import header from './header.module.css'
import styles from './page.module.css'
import { ReturnLink } from './return-link.tsx'
import { originOf, parseReturnUrl, parseUrl, siteOf } from './return-url.ts'
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
  const choose = () => go({ ...start, locale: address.locale })

  if (returnTo !== null && brand === null) return <p role="status">{t.loading}</p>
  if (returnTo !== null && brand?.returnOrigins === undefined)
    return (
      <Panel
        tone="negative"
        title={t.networkTitle}
        actions={<Button onPress={onRetryBrand}>{t.tryAgain}</Button>}
      >
        <p>{t.networkText}</p>
      </Panel>
    )
  const returnUrl = returnTo === null ? null : parseReturnUrl(returnTo, brand?.returnOrigins ?? [])
  if (returnTo !== null && returnUrl === null)
    return <ReturnRefused returnTo={returnTo} locale={locale} onChoose={choose} />

  const afterEnd: VerificationProps['afterEnd'] = (result, { handle, endedBefore }) => {
    if (returnUrl !== null)
      return (
        <ReturnLink
          key={handle.id}
          url={returnUrl}
          shareRequestId={handle.id}
          automatic={result === 'VERIFIED' && !endedBefore}
          locale={locale}
        />
      )
    if (result === 'VERIFIED') return null
    return (
      <p className={panel.actions}>
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
            {t.backTo(siteOf(returnUrl))}
          </a>
        )}
      </p>
      <Verification
        policy={policy}
        {...(reference !== null && { reference })}
        locale={locale}
        {...(returnUrl === null && { securePage: 'secure' })}
        autoStart={requested}
        partner={brand?.name ?? location.hostname}
        afterEnd={afterEnd}
      />
    </>
  )
}

interface ReturnRefusedProps {
  returnTo: string
  locale: Locale
  onChoose: () => void
}

/** Nothing is started for a link that leads on to an address that is not allowed. */
function ReturnRefused({ returnTo, locale, onChoose }: ReturnRefusedProps) {
  const t = pageTexts(locale)
  const url = parseUrl(returnTo)
  return (
    <Panel
      tone="negative"
      title={t.returnRefusedTitle}
      actions={
        <Button quiet onPress={onChoose}>
          {t.back}
        </Button>
      }
    >
      <p>{t.returnRefusedText}</p>
      <details>
        <summary>{t.returnRefusedHint}</summary>
        <p>{url === null ? t.returnRefusedInvalid : t.returnRefusedSetting(originOf(url))}</p>
      </details>
    </Panel>
  )
}
