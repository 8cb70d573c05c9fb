import type { Policy } from '../share-requests/policies.ts'
import type { CreatedFields, PendingShareRequest, ShareRequest } from '../share-requests/share-request.ts'
import type { ShareRequestRow } from './tables.ts'

/** The share request in a row, which must not be a reservation. */
export function shareRequestOf(row: ShareRequestRow): ShareRequest {
  const common = {
    id: row.id,
    policy: policyOf(row.policy),
    reference: row.reference,
    createdBy: row.created_by,
    createdByKeyId: row.created_by_key,
    createdAt: row.created_at,
    expiresAt: present(row, 'expires_at'),
    code: present(row, 'code'),
    issuerRequestId: row.issuer_request_id,
    version: row.version,
    changedAt: row.changed_at,
  }
  switch (row.state) {
    case 'PENDING':
      return { ...common, state: row.state, approvedAt: row.approved_at }
    case 'APPROVED':
      return {
        ...common,
        state: row.state,
        approvedAt: present(row, 'approved_at'),
        outcome: JSON.parse(present(row, 'outcome')),
      }
    case 'FAILED':
      return {
        ...common,
        state: row.state,
        reason: present(row, 'failure_reason'),
        retryable: row.failure_retryable === 1,
      }
    case 'RESERVED':
      throw new Error(`${row.id} is only reserved, not a share request yet`)
    default:
      return { ...common, state: row.state }
  }
}

/** The share request in a row if it is pending; otherwise nothing. */
export function pendingOf(row: ShareRequestRow): PendingShareRequest[] {
  const request = shareRequestOf(row)
  return request.state === 'PENDING' ? [request] : []
}

/** The columns that a creation fixes. */
export const createdColumns = ({ id, policy, reference, createdBy, createdByKeyId }: CreatedFields) => ({
  id,
  policy_name: policy.name,
  policy: JSON.stringify(policy),
  reference,
  created_by: createdBy,
  created_by_key: createdByKeyId,
})

/** The columns that a change of state writes. */
export function stateColumns(request: ShareRequest) {
  return {
    state: request.state,
    version: request.version,
    changed_at: request.changedAt,
    approved_at: approvedAtOf(request),
    outcome: request.state === 'APPROVED' ? JSON.stringify(request.outcome) : null,
    passed: request.state === 'APPROVED' ? (request.outcome.passed ? (1 as const) : (0 as const)) : null,
    failure_reason: request.state === 'FAILED' ? request.reason : null,
    failure_retryable: request.state === 'FAILED' ? (request.retryable ? (1 as const) : (0 as const)) : null,
  }
}

export const approvedAtOf = (request: ShareRequest) => ('approvedAt' in request ? request.approvedAt : null)

function present<Column extends keyof ShareRequestRow>(
  row: ShareRequestRow,
  column: Column,
): NonNullable<ShareRequestRow[Column]> {
  const value = row[column]
  if (value == null) throw new Error(`${row.id} is ${row.state} but has no ${column}`)
  return value
}

const policies = new Map<string, Policy>()

/**
 * The same object for the same text, so that thousands of watched share requests keep a few policies in memory, not one
 * copy each. There are as many texts as policies, times their edits within the retention time.
 */
function policyOf(text: string): Policy {
  const known = policies.get(text)
  if (known !== undefined) return known
  const policy: Policy = JSON.parse(text)
  policies.set(text, policy)
  return policy
}
