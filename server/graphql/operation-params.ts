import type { OperationParams } from './operation.ts'
import { hashIn } from './persisted-operations.ts'

const members = new Set(['query', 'operationName', 'variables', 'extensions'])

/** Whether `value` names an operation exactly as GraphQL over HTTP specifies: by its text or its hash, and nothing else. */
export function isOperationParams(value: unknown): value is OperationParams {
  if (!isObject(value) || !Object.keys(value).every((name) => members.has(name))) return false
  const { query, operationName, variables, extensions } = value
  return (
    (typeof query === 'string' || (query == null && hashIn(extensions) !== undefined)) &&
    (operationName == null || typeof operationName === 'string') &&
    (variables == null || isObject(variables)) &&
    (extensions == null || isObject(extensions))
  )
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
