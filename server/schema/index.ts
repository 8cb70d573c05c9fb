import { builder } from './builder.ts'
import './policy.ts'
import './outcome.ts'
import './identity-facts.ts'
import './share-request.ts'
import './share-request-status.ts'
import './errors.ts'
import './share-request-connection.ts'
import './share-request-operations.ts'
import './share-request-changes.ts'

builder.queryType({ description: 'Queries.' })
builder.mutationType({ description: 'Mutations.' })
builder.subscriptionType({
  description: 'Subscriptions, over WebSocket (`graphql-transport-ws`) or server-sent events.',
})

/** The executable schema, code first. `npm run codegen` prints it to schema.graphql. */
export const schema = builder.toSchema({ sortSchema: false })
