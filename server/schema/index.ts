import { builder } from './builder.ts'
import './policy.ts'
import './outcome.ts'
import './identity-facts.ts'
import './share-request.ts'
import './share-request-status.ts'
import './errors.ts'
import './share-request-connection.ts'
import './share-request-operations.ts'

builder.queryType({ description: 'What can be asked.' })
builder.mutationType({ description: 'What can be done.' })
builder.subscriptionType({ description: 'What can be followed, over WebSocket (graphql-ws) or SSE.' })

/** The executable schema, code first. `npm run codegen` prints it to schema.graphql. */
export const schema = builder.toSchema({ sortSchema: false })
