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