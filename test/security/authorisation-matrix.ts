/**
 * Who can read what. One line per field, or per group of fields of a type that follow the same rule. If there is more
 * than one way to select a field, a word behind it names the way (see `ways` in the test).
 *
 *   none      without a key and a clientSecret        read     a partner key with share-requests:read alone
 *   own       the share request's own clientSecret    write    with share-requests:write alone
 *   other     another share request's                 facts    with facts:read alone
 *   deleted   its own, after the retention time      facts+    with facts:read alone, and the own clientSecret
 *                                                     all      with every scope
 *                                                     revoked, expired: a former key with every scope
 *
 *   ok   answered
 *   -    answered as if it did not exist
 *   401  refused: UNAUTHENTICATED             403  refused: FORBIDDEN
 *   out  the key is refused for any request: UNAUTHENTICATED, on WebSocket the close code 4401
 *   sub  refused: FACTS_NOT_IN_SUBSCRIPTION
 */
const table = `
                                       | none own other deleted | read write facts facts+ all | revoked expired
Query.policies                         | ok   ok  ok    ok      | ok   ok    ok    ok     ok  | out     out
Query.policy                           | ok   ok  ok    ok      | ok   ok    ok    ok     ok  | out     out
Query.policy partner                   | -    -   -     -       | ok   ok    ok    ok     ok  | out     out
Query.shareRequest                     | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
Query.shareRequests                    | 401  401 401   401     | ok   403   403   403    ok  | out     out
Mutation.createShareRequest            | ok   ok  ok    ok      | 403  ok    403   403    ok  | out     out
Mutation.createShareRequest partner    | -    -   -     -       | 403  ok    403   403    ok  | out     out
Mutation.checkShareRequest             | 401  ok  -     -       | 403  ok    403   ok     ok  | out     out
Mutation.cancelShareRequest            | 401  ok  -     -       | 403  ok    403   ok     ok  | out     out
Subscription.shareRequestStatus        | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
Subscription.shareRequestChanges       | 401  401 401   401     | ok   403   403   403    ok  | out     out

ShareRequest.id,policy,reference       | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
ShareRequest.createdAt,expiresAt       | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
ShareRequest.createdBy,status,history  | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
ShareRequest.createdByKey              | 401  401 -     -       | ok   403   403   403    ok  | out     out
ShareRequest.facts                     | 401  401 -     -       | 403  403   403   ok     ok  | out     out
ShareRequest.facts checked             | 401  401 -     -       | 403  403   403   ok     ok  | out     out
ShareRequest.facts followed            | 401  sub -     -       | sub  403   403   sub    sub | out     out
ShareRequest.facts streamed            | 401  401 401   401     | sub  403   403   403    sub | out     out
ShareRequest.facts listed              | 401  401 401   401     | 403  403   403   403    ok  | out     out

IdentityFacts.fullName,givenName       | 401  401 -     -       | 403  403   403   ok     ok  | out     out
IdentityFacts.familyName,dateOfBirth   | 401  401 -     -       | 403  403   403   ok     ok  | out     out
IdentityFacts.ageOver,nationality      | 401  401 -     -       | 403  403   403   ok     ok  | out     out
IdentityFacts.address,documentNumber   | 401  401 -     -       | 403  403   403   ok     ok  | out     out
IdentityFacts.taxNumber,email          | 401  401 -     -       | 403  403   403   ok     ok  | out     out
IdentityFacts.phone,provenAt           | 401  401 -     -       | 403  403   403   ok     ok  | out     out
PostalAddress.street,city,postalCode   | 401  401 -     -       | 403  403   403   ok     ok  | out     out
PostalAddress.region,country           | 401  401 -     -       | 403  403   403   ok     ok  | out     out

ApprovedStatus.shareRequestId,version  | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
ApprovedStatus.shareRequest,changedAt  | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
ApprovedStatus.approvedAt,outcome      | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
PendingStatus.shareRequestId,version   | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
PendingStatus.shareRequest,changedAt   | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
PendingStatus.code,expiresAt           | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
Outcome.passed,checks                  | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
CheckResult.name,label,verdict         | 401  ok  -     -       | ok   403   403   ok     ok  | out     out
Policy.name,purpose,facts,checks       | ok   ok  ok    ok      | ok   ok    ok    ok     ok  | out     out
Policy.access,devices,lifetime         | ok   ok  ok    ok      | ok   ok    ok    ok     ok  | out     out
`

/**
 * Types without a line: statuses that follow the same rule as the two above, pages of lists and changes, which
 * `Query.shareRequests` and `Subscription.shareRequestChanges` guard, and results of operations, which only their caller
 * receives.
 */
export const withoutLine = [
  ...['DeclinedStatus', 'ExpiredStatus', 'CancelledStatus', 'FailedStatus'],
  ...['ShareRequestConnection', 'ShareRequestEdge', 'PageInfo', 'ShareRequestChange'],
  ...['ShareRequestCount', 'ShareRequestOutcomes', 'PartnerKey'],
  ...['CreateShareRequestSuccess', 'InvalidInput', 'InputIssue', 'UnknownPolicy', 'RateLimited'],
  ...['IdempotencyConflict', 'UpstreamUnavailable', 'ShareRequestNotFound', 'InvalidTransition'],
]

export const callers = [
  ...['none', 'own', 'other', 'deleted'],
  ...['read', 'write', 'facts', 'facts+', 'all', 'revoked', 'expired'],
] as const
export type CallerName = (typeof callers)[number]

export interface Line {
  /** Such as `ShareRequest.facts`. */
  coordinate: string
  /** The way to select it; empty for the usual one. */
  way: string
  expected: Record<CallerName, string>
}

/** The lines of the table, one per field. Throws if a line does not have a word for every caller. */
export const matrix: Line[] = table
  .trim()
  .split('\n')
  .slice(1)
  .filter((line) => line !== '')
  .flatMap((line) => {
    const [head = '', ...columns] = line.split('|')
    const words = columns.join(' ').trim().split(/\s+/)
    if (words.length !== callers.length) throw new Error(`A word for each caller, please: ${line}`)
    const expected = Object.fromEntries(
      callers.map((caller, index) => [caller, words[index] ?? '']),
    ) as Line['expected']
    const [fields = '', way = ''] = head.trim().split(' ')
    const [type, names = ''] = fields.split('.')
    return names.split(',').map((name) => ({ coordinate: `${type}.${name}`, way, expected }))
  })
