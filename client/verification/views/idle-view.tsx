import { graphql } from '../../generated/gql.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { useQuery } from '../../ui/use-query.ts'
import { useGateway } from '../gateway-provider.tsx'
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

/** What the customer will share, before the verification starts. */
export function IdleView({ policy: name, onStart }: EndedProps & { policy: string }) {
  const { t, locale } = useTexts()
  const { client } = useGateway()
  const { data, error, retry } = useQuery(client, PolicyByName, { name, language: locale })
  const policy = data?.policy
  if (error && !policy) return <UnreachableView cause={causeOf(error)} onStart={retry} />
  if (policy === null) return <UnknownPolicyView />
  return (
    <Panel title={t.idleTitle} actions={policy && <Button onPress={onStart}>{t.start}</Button>}>
      <p>{t.idleText}</p>
      {policy ? <PolicyTerms policy={policy} /> : <p>{t.loadingTerms}</p>}
    </Panel>
  )
}
