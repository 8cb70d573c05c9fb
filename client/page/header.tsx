import { type Locale, locales } from '../ui/locales.ts'
import type { Brand } from './brand.ts'
import styles from './header.module.css'
import { pageTexts } from './texts/index.ts'

/** Each language in its own words. */
const languages: Record<Locale, string> = { en: 'English', uk: 'Українська' }

interface HeaderProps {
  /** Null while it is loading. */
  brand: Brand | null
  locale: Locale
  onLocale: (locale: Locale) => void
}

export function Header({ brand, locale, onLocale }: HeaderProps) {
  const t = pageTexts(locale)
  return (
    <header className={styles.header}>
      <h1>
        {brand?.logo && <img src={brand.logo} alt="" width="32" height="32" />}
        {brand?.name}
      </h1>
      <nav aria-label={t.language}>
        {locales.map((other) => (
          <button
            key={other}
            type="button"
            className={styles.link}
            lang={other}
            aria-current={other === locale ? 'true' : undefined}
            onClick={() => onLocale(other)}
          >
            {languages[other]}
          </button>
        ))}
      </nav>
    </header>
  )
}
