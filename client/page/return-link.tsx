import buttons from '../ui/button.module.css'
import type { Locale } from '../ui/locales.ts'
import panel from '../ui/panel.module.css'
import text from '../ui/text.module.css'
import { useLeaving } from '../ui/use-leaving.ts'
import styles from './page.module.css'
import { withShareRequest } from './return-url.ts'
import { pageTexts } from './texts/index.ts'

interface ReturnLinkProps {
  url: URL
  site: string
  /** Id of the share request that has ended. */
  shareRequestId: string
  /** Goes there without a press. */
  automatic: boolean
  locale: Locale
}

/** The way back to the site or app that sent the customer here. */
export function ReturnLink({ url, site, shareRequestId, automatic, locale }: ReturnLinkProps) {
  const t = pageTexts(locale)
  const href = withShareRequest(url, shareRequestId)
  const isLeaving = useLeaving(automatic, () => location.assign(href))
  return (
    <p className={`${panel.actions} ${styles.afterEnd}`}>
      <a className={buttons.button} href={href}>
        {t.backTo(site)}
      </a>
      {isLeaving && (
        <span role="status" className={text.muted}>
          {t.returning(site)}
        </span>
      )}
    </p>
  )
}
