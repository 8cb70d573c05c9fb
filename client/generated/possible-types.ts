/** The types behind each interface and union: for a normalised cache, to match fragments. */
export const possibleTypes = {
  "CreateShareRequestResult": [
    "CreateShareRequestSuccess",
    "IdempotencyConflict",
    "InvalidInput",
    "RateLimited",
    "UnknownPolicy",
    "UpstreamUnavailable"
  ],
  "ShareRequestResult": [
    "InvalidTransition",
    "RateLimited",
    "ShareRequest",
    "ShareRequestNotFound",
    "UpstreamUnavailable"
  ],
  "ShareRequestStatus": [
    "ApprovedStatus",
    "CancelledStatus",
    "DeclinedStatus",
    "ExpiredStatus",
    "FailedStatus",
    "PendingStatus"
  ],
  "UserError": [
    "IdempotencyConflict",
    "InvalidInput",
    "InvalidTransition",
    "RateLimited",
    "ShareRequestNotFound",
    "UnknownPolicy",
    "UpstreamUnavailable"
  ]
}
export const typesWithoutId = [
  "ApprovedStatus",
  "CancelledStatus",
  "CheckResult",
  "CreateShareRequestSuccess",
  "DeclinedStatus",
  "ExpiredStatus",
  "FailedStatus",
  "IdempotencyConflict",
  "IdentityFacts",
  "InputIssue",
  "InvalidInput",
  "InvalidTransition",
  "Outcome",
  "PageInfo",
  "PendingStatus",
  "Policy",
  "PostalAddress",
  "RateLimited",
  "ShareRequestChange",
  "ShareRequestConnection",
  "ShareRequestCount",
  "ShareRequestEdge",
  "ShareRequestNotFound",
  "ShareRequestOutcomes",
  "UnknownPolicy",
  "UpstreamUnavailable"
]