import { type DocumentNode, GraphQLError, visit } from 'graphql'
import type { OperationGuard } from './execution.ts'

/** Keeps the shape of the schema from those without a partner key: they get no introspection. */
export const introspectionGuard: OperationGuard = ({ contextValue, document }) =>
  contextValue.caller.kind === 'CUSTOMER' && introspects(document) ? refusal : null

const refusal = new GraphQLError(
  'The schema shows itself to holders of a partner key only. It can be read as schema.graphql, too.',
  { extensions: { code: 'UNAUTHENTICATED', http: { spec: true, status: 401 } } },
)

const known = new WeakMap<DocumentNode, boolean>()

/** Whether the schema is asked for anywhere in `document`, be it in an operation that is not run. */
function introspects(document: DocumentNode): boolean {
  let found = known.get(document)
  if (found === undefined) {
    found = false
    visit(document, {
      Field({ name }) {
        if (name.value === '__schema' || name.value === '__type') found = true
      },
    })
    known.set(document, found)
  }
  return found
}
