import { graphql } from '../generated/partner/gql.ts'
import type { ListedShareRequestFragment } from '../generated/partner/graphql.ts'

/** What the list shows of a share request. Every operation except those for counts and facts selects it. */
export const ListedShareRequest = graphql(`
  fragment ListedShareRequest on ShareRequest {
    id
    createdAt
    createdBy
    createdByKey {
      name
    }
    reference
    policy {
      name
    }
    status {
      version
      changedAt
      ... on ApprovedStatus {
        outcome {
          passed
        }
      }
    }
  }
`)
export type Listed = ListedShareRequestFragment

/** Succeeds only with a key that may read share requests; anyone may read `policies`. */
export const SignIn = graphql(`
  query SignIn {
    shareRequests(first: 1) {
      changesCursor
    }
    policies {
      name
    }
  }
`)

export const ShareRequestPage = graphql(`
  query ShareRequestPage($filter: ShareRequestFilter, $after: String) {
    shareRequests(first: 50, after: $after, filter: $filter) {
      edges {
        node {
          ...ListedShareRequest
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`)

export const ShareRequestCounts = graphql(`
  query ShareRequestCounts($filter: ShareRequestFilter) {
    shareRequests(first: 1, filter: $filter) {
      totalCount {
        ...Count
      }
      outcomes {
        pending {
          ...Count
        }
        passed {
          ...Count
        }
        notPassed {
          ...Count
        }
        declined {
          ...Count
        }
        expired {
          ...Count
        }
        cancelled {
          ...Count
        }
        failed {
          ...Count
        }
      }
    }
  }
`)

export const Count = graphql(`
  fragment Count on ShareRequestCount {
    value
    isExact
  }
`)

export const ChangesCursor = graphql(`
  query ChangesCursor {
    shareRequests(first: 1) {
      changesCursor
    }
  }
`)

/** All changes, whatever the filter of the list: a share request can leave the list, and stays open beside it. */
export const FollowChanges = graphql(`
  subscription FollowChanges($after: String) {
    shareRequestChanges(after: $after) {
      cursor
      shareRequest {
        ...ListedShareRequest
      }
    }
  }
`)

export const ShareRequestDetail = graphql(`
  query ShareRequestDetail($id: ID!, $language: String) {
    shareRequest(id: $id) {
      ...ListedShareRequest
      policy {
        name
        purpose(language: $language)
        facts
      }
      history {
        ...TimelineEntry
      }
    }
  }
`)

export const CheckListed = graphql(`
  mutation CheckListed($input: ShareRequestInput!) {
    checkShareRequest(input: $input) {
      ...ListedShareRequest
    }
  }
`)

export const CancelListed = graphql(`
  mutation CancelListed($input: ShareRequestInput!) {
    cancelShareRequest(input: $input) {
      ...ListedShareRequest
    }
  }
`)

/** Selecting a fact that the policy does not request is an error, so each has a variable. */
export const RevealedFacts = graphql(`
  query RevealedFacts(
    $id: ID!
    $fullName: Boolean! = false
    $givenName: Boolean! = false
    $familyName: Boolean! = false
    $dateOfBirth: Boolean! = false
    $ageOver18: Boolean! = false
    $ageOver21: Boolean! = false
    $nationality: Boolean! = false
    $address: Boolean! = false
    $documentNumber: Boolean! = false
    $taxNumber: Boolean! = false
    $email: Boolean! = false
    $phone: Boolean! = false
  ) {
    shareRequest(id: $id) {
      facts {
        provenAt
        fullName @include(if: $fullName)
        givenName @include(if: $givenName)
        familyName @include(if: $familyName)
        dateOfBirth @include(if: $dateOfBirth)
        ageOver18: ageOver(years: 18) @include(if: $ageOver18)
        ageOver21: ageOver(years: 21) @include(if: $ageOver21)
        nationality @include(if: $nationality)
        address @include(if: $address) {
          street
          city
          region
          postalCode
          country
        }
        documentNumber @include(if: $documentNumber)
        taxNumber @include(if: $taxNumber)
        email @include(if: $email)
        phone @include(if: $phone)
      }
    }
  }
`)
