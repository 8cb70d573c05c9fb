import { type DocumentNode, GraphQLError, validate, visit } from 'graphql'
import type { OperationPlugin } from './transport.ts'

const hidingSuggestions = { hideSuggestions: true }

/**
 * Keeps the shape of the schema from those without a partner key: they get no introspection, and nobody gets
 * suggestions ("Did you mean …?"), which give it away bit by bit.
 */
export const schemaPrivacyPlugin: OperationPlugin = {
  onValidate: ({ setValidationFn }) =>
    setValidationFn((schema, document, rules) => validate(schema, document, rules, hidingSuggestions)),
  onExecute({ args, setResultAndStopExecution }) {
    Object.assign(args, hidingSuggestions)
    if (args.contextValue.caller.kind === 'CUSTOMER' && introspects(args.document))
      setResultAndStopExecution({ errors: [refusal] })
  },
  onSubscribe({ args }) {
    Object.assign(args, hidingSuggestions)
  },
}

const refusal = new GraphQLError(
  'The schema shows itself to holders of a partner key only. It can be read as schema.graphql, too.',
  { extensions: { code: 'UNAUTHENTICATED' } },
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
