import { type DocumentNode, visit } from 'graphql'
import { requestError } from './errors.ts'
import type { OperationGuard } from './execution.ts'

/** Lets only holders of a partner key introspect the schema. */
export const introspectionGuard: OperationGuard = ({ contextValue, document }) =>
  contextValue.caller.kind === 'CUSTOMER' && introspects(document) ? refusal : null

const refusal = requestError(
  'UNAUTHENTICATED',
  'Introspection requires a partner key. The schema is also available as schema.graphql.',
  { okInJson: true },
)

const known = new WeakMap<DocumentNode, boolean>()

/** Whether any operation of `document` selects the schema, also one that does not run. */
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
