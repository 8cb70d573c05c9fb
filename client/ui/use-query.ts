import type { AnyVariables, Client, CombinedError, TypedDocumentNode } from '@urql/core'
import { useCallback, useEffect, useState } from 'react'

interface UseQuery<Data> {
  /** Undefined until the gateway has answered. With other variables, the previous answer stays until the next. */
  data: Data | undefined
  error: CombinedError | undefined
  retry: () => void
}

/** The answer to a query, asked when it is mounted and when its variables change. */
export function useQuery<Data, Variables extends AnyVariables>(
  client: Client,
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): UseQuery<Data> {
  const [answer, setAnswer] = useState<Omit<UseQuery<Data>, 'retry'>>({ data: undefined, error: undefined })
  const [attempt, setAttempt] = useState(0)
  const key = JSON.stringify(variables)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the variables, `attempt` asks again
  useEffect(() => {
    let isCurrent = true
    client
      .query<Data, Variables>(query, variables, { requestPolicy: 'network-only' })
      .toPromise()
      .then(({ data, error }) => {
        if (isCurrent) setAnswer((before) => ({ data: data ?? before.data, error }))
      })
    return () => {
      isCurrent = false
    }
  }, [client, query, key, attempt])
  const retry = useCallback(() => setAttempt((count) => count + 1), [])
  return { ...answer, retry }
}
