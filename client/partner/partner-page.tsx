import { useEffect, useRef, useState } from 'react'
import { Provider } from 'urql'
import type { Brand } from '../page/brand.ts'
import { Header } from '../page/header.tsx'
import { browserLocale } from '../ui/browser-locale.ts'
import text from '../ui/text.module.css'
import { useFocusOnChange } from '../ui/use-focus-on-change.ts'
import { LocaleContext } from './locale.ts'
import { SignIn as SignInOperation } from './operations.ts'
import { Overview } from './overview.tsx'
import { createPartnerClient, type PartnerClient } from './partner-client.ts'
import styles from './partner-page.module.css'
import { type Problem, problemOf } from './problem.ts'
import { SignIn } from './sign-in.tsx'
import { partnerTexts } from './texts/index.ts'

/** The key lives in the client alone. */
interface Session {
  partner: PartnerClient
  startCursor: string
  policies: string[]
}

interface PartnerPageProps {
  /** Null while it is loading. */
  brand: Brand | null
  /** URL of the GraphQL gateway. */
  url: string
}

/** The partner's overview of its share requests, behind a sign-in with the partner key. */
export function PartnerPage({ brand, url }: PartnerPageProps) {
  const [locale, setLocale] = useState(browserLocale)
  const [session, setSession] = useState<Session | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const { title } = partnerTexts(locale)
  const main = useRef<HTMLElement>(null)
  const announcement = useFocusOnChange(main, session === null ? 'sign-in' : 'overview')

  useEffect(() => {
    document.documentElement.lang = locale
    document.title = [title, brand?.name].filter(Boolean).join(' · ')
  }, [locale, title, brand])

  useEffect(() => {
    if (session === null) return
    // A browser may keep a page that was left, and show it again unchanged.
    const signOut = () => setSession(null)
    window.addEventListener('pagehide', signOut)
    return () => {
      window.removeEventListener('pagehide', signOut)
      session.partner.dispose()
    }
  }, [session])

  async function signIn(key: string) {
    setProblem(null)
    const partner = createPartnerClient(url, key, () => {
      setSession(null)
      setProblem('UNAUTHENTICATED')
    })
    const { data, error } = await partner.client.query(SignInOperation, {}).toPromise()
    if (data?.shareRequests) {
      const policies = data.policies.map(({ name }) => name)
      setSession({ partner, startCursor: data.shareRequests.changesCursor, policies })
    } else {
      setProblem(error ? problemOf(error) : 'OTHER')
      partner.dispose()
    }
  }

  return (
    <LocaleContext value={locale}>
      <div className={styles.page}>
        <Header brand={brand} locale={locale} onLocale={setLocale} />
        <p role="status" className={text.hidden}>
          {announcement}
        </p>
        <main ref={main}>
          {session === null ? (
            <SignIn problem={problem} onSignIn={signIn} />
          ) : (
            <Provider value={session.partner.client}>
              <Overview {...session} onSignOut={() => setSession(null)} />
            </Provider>
          )}
        </main>
      </div>
    </LocaleContext>
  )
}
