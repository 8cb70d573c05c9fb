import type { OperationParams } from '../graphql/operation.ts'
import { hashIn } from '../graphql/persisted-operations.ts'

const members = new Set(['query', 'operationName', 'variables', 'extensions'])

/** The operation in the body of a request; null if the body is not exactly as GraphQL over HTTP specifies. */
export function paramsOf(body: Buffer): OperationParams | null {
  let params: unknown
  try {
    params = JSON.parse(body.toString())
  } catch {
    return null
  }
  return isParams(params) ? params : null
}

function isParams(params: unknown): params is OperationParams {
  if (!isObject(params) || !Object.keys(params).every((name) => members.has(name))) return false
  const { query, operationName, variables, extensions } = params
  return (
    (typeof query === 'string' || (query == null && hashIn(extensions) !== undefined)) &&
    (operationName == null || typeof operationName === 'string') &&
    (variables == null || isObject(variables)) &&
    (extensions == null || isObject(extensions))
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
