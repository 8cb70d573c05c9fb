import { useQuery } from 'urql'
import { graphql } from '../../generated/gql.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PolicyTerms } from '../policy-terms.tsx'
import { useTexts } from '../texts-context.ts'
import { causeOf } from '../unreachable-cause.ts'
import type { EndedProps } from './ended-views.tsx'
import { UnknownPolicyView } from './refused-view.tsx'
import { UnreachableView } from './waiting-views.tsx'

const PolicyByName = graphql(`
  query PolicyByName($name: String!, $language: String) {
    policy(name: $name) {
      ...PolicyTerms
    }
  }
`)

/** What will be asked, before anything is. */
export function IdleView({ policy: name, onStart }: EndedProps & { policy: string }) {
  const { t, locale } = useTexts()
  const [{ data, error, fetching }, ask] = useQuery({
    query: PolicyByName,
    variables: { name, language: locale },
  })
  if (error && !data?.policy)
    return <UnreachableView cause={causeOf(error)} onStart={() => ask({ requestPolicy: 'network-only' })} />
  if (data?.policy === null) return <UnknownPolicyView />
  return (
    <Panel title={t.idleTitle} actions={data?.policy && <Button onPress={onStart}>{t.start}</Button>}>
      <p>{t.idleText}</p>
      {data?.policy ? <PolicyTerms policy={data.policy} /> : fetching && <p>{t.loadingTerms}</p>}
    </Panel>
  )
}
