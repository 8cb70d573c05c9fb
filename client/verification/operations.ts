import { graphql } from '../generated/gql.ts'

/** Everything that is shown of a share request. Every operation selects it, so that a normalised cache stays complete. */
export const ShareRequestFields = graphql(`
  fragment ShareRequestFields on ShareRequest {
    id
    createdAt
    policy {
      name
      purpose(language: $language)
      facts
      checks
      devices
      ...PolicyTerms
    }
    status {
      version
      changedAt
      ... on PendingStatus {
        code
        expiresAt
      }
      ... on ApprovedStatus {
        approvedAt
        outcome {
          passed
          checks {
            name
            label(language: $language)
            verdict
          }
          ...CheckList
        }
      }
      ... on FailedStatus {
        reason
        retryable
      }
    }
  }
`)

export const CreateShareRequest = graphql(`
  mutation CreateShareRequest($input: CreateShareRequestInput!, $language: String) {
    createShareRequest(input: $input) {
      ... on CreateShareRequestSuccess {
        clientSecret
        shareRequest {
          ...ShareRequestFields
        }
      }
      ... on InvalidInput {
        issues {
          path
          message
        }
      }
      ... on RateLimited {
        retryAfter
      }
      ... on UpstreamUnavailable {
        retryable
      }
    }
  }
`)

export const CheckShareRequest = graphql(`
  mutation CheckShareRequest($input: ShareRequestInput!, $language: String) {
    checkShareRequest(input: $input) {
      ...ShareRequestFields
    }
  }
`)

export const CancelShareRequest = graphql(`
  mutation CancelShareRequest($input: ShareRequestInput!, $language: String) {
    cancelShareRequest(input: $input) {
      ...ShareRequestFields
      ... on RateLimited {
        retryAfter
      }
      ... on UpstreamUnavailable {
        retryable
      }
    }
  }
`)

export const ReadShareRequest = graphql(`
  query ReadShareRequest($id: ID!, $clientSecret: String!, $language: String) {
    shareRequest(id: $id, clientSecret: $clientSecret) {
      ...ShareRequestFields
    }
  }
`)

export const SubscribeToShareRequest = graphql(`
  subscription SubscribeToShareRequest($id: ID!, $clientSecret: String!, $language: String) {
    shareRequestStatus(id: $id, clientSecret: $clientSecret) {
      shareRequest {
        ...ShareRequestFields
      }
    }
  }
`)
