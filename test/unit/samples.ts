import type { Policy } from '../../server/share-requests/policies.ts'
import type { PendingShareRequest } from '../../server/share-requests/share-request.ts'

/** A policy for tests to vary. */
export const samplePolicy: Policy = {
  name: 'kyc-basic',
  access: 'PUBLIC',
  purpose: 'To open an account.',
  facts: ['FULL_NAME', 'DATE_OF_BIRTH', 'NATIONALITY'],
  checks: [
    { name: 'name-proven', proven: 'FULL_NAME' },
    { name: 'adult', ageOver: 18 },
    { name: 'nationality-served', nationalityIn: ['UA', 'PL'] },
  ],
  lifetime: 600,
}

/** A pending share request, created at 1,000,000. */
export const samplePending: PendingShareRequest = {
  id: '5f0c7a52-6f0e-4a7e-9a53-0d5c1f6f0b7a',
  policy: samplePolicy,
  reference: 'order-1',
  createdBy: 'CUSTOMER',
  createdByKeyId: null,
  createdAt: 1_000_000,
  expiresAt: 1_600_000,
  code: 'http://127.0.0.1/c/abc',
  issuerRequestId: 'share-1',
  version: 1,
  changedAt: 1_000_000,
  state: 'PENDING',
  approvedAt: null,
}
