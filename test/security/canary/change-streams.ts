import { expect } from 'vitest'
import { streamingTransports } from '../../support/clients.ts'
import type { Recorder } from './recorder.ts'

const changes = (more = '') => `subscription ($after: String, $id: ID!) {
  shareRequestChanges(after: $after, filter: { id: $id }) { cursor shareRequest {
    id reference createdBy createdByKey { id name } policy { name purpose }
    status { __typename version ... on ApprovedStatus { outcome { passed checks { name verdict } } } } ${more}
  } }
}`

/** Follows a share request in the stream of all changes until it is approved. Facts, and customers, are refused. */
export async function followChanges(
  by: Record<'browser' | 'partner', Recorder>,
  id: string,
  key: string,
  after: string,
): Promise<void> {
  const followed = Object.values(streamingTransports).map(async (connect) => {
    const partner = connect(by.partner.url, key)
    const customer = connect(by.browser.url)
    for await (const { data } of partner.subscribe(changes(), { after, id }))
      if (data.shareRequestChanges.shareRequest.status.__typename === 'ApprovedStatus') break
    const { data, errors } = await partner.run(changes('facts { fullName }'), { after, id })
    expect(errors?.[0]?.extensions?.code).toBe('FACTS_NOT_IN_SUBSCRIPTION')
    expect(data?.shareRequestChanges?.shareRequest?.facts).toBeFalsy()
    expect((await customer.run(changes(), { id })).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    await Promise.all([partner, customer].map((client) => client.dispose()))
  })
  await Promise.all(followed)
}
