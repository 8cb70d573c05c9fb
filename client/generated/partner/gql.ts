/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment ListedShareRequest on ShareRequest {\n    id\n    createdAt\n    createdBy\n    createdByKey {\n      name\n    }\n    reference\n    policy {\n      name\n    }\n    status {\n      version\n      changedAt\n      ... on ApprovedStatus {\n        outcome {\n          passed\n        }\n      }\n    }\n  }\n": typeof types.ListedShareRequestFragmentDoc,
    "\n  query SignIn {\n    shareRequests(first: 1) {\n      changesCursor\n    }\n    policies {\n      name\n    }\n  }\n": typeof types.SignInDocument,
    "\n  query ShareRequestPage($filter: ShareRequestFilter, $after: String) {\n    shareRequests(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...ListedShareRequest\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": typeof types.ShareRequestPageDocument,
    "\n  query ShareRequestCounts($filter: ShareRequestFilter) {\n    shareRequests(first: 1, filter: $filter) {\n      totalCount {\n        ...Count\n      }\n      outcomes {\n        pending {\n          ...Count\n        }\n        passed {\n          ...Count\n        }\n        notPassed {\n          ...Count\n        }\n        declined {\n          ...Count\n        }\n        expired {\n          ...Count\n        }\n        cancelled {\n          ...Count\n        }\n        failed {\n          ...Count\n        }\n      }\n    }\n  }\n": typeof types.ShareRequestCountsDocument,
    "\n  fragment Count on ShareRequestCount {\n    value\n    isExact\n  }\n": typeof types.CountFragmentDoc,
    "\n  query ChangesCursor {\n    shareRequests(first: 1) {\n      changesCursor\n    }\n  }\n": typeof types.ChangesCursorDocument,
    "\n  subscription FollowChanges($after: String) {\n    shareRequestChanges(after: $after) {\n      cursor\n      shareRequest {\n        ...ListedShareRequest\n      }\n    }\n  }\n": typeof types.FollowChangesDocument,
    "\n  query ShareRequestDetail($id: ID!, $language: String) {\n    shareRequest(id: $id) {\n      ...ListedShareRequest\n      policy {\n        name\n        purpose(language: $language)\n        facts\n      }\n      history {\n        ...TimelineEntry\n      }\n    }\n  }\n": typeof types.ShareRequestDetailDocument,
    "\n  mutation CheckListed($input: ShareRequestInput!) {\n    checkShareRequest(input: $input) {\n      ...ListedShareRequest\n    }\n  }\n": typeof types.CheckListedDocument,
    "\n  mutation CancelListed($input: ShareRequestInput!) {\n    cancelShareRequest(input: $input) {\n      ...ListedShareRequest\n    }\n  }\n": typeof types.CancelListedDocument,
    "\n  query RevealedFacts(\n    $id: ID!\n    $fullName: Boolean! = false\n    $givenName: Boolean! = false\n    $familyName: Boolean! = false\n    $dateOfBirth: Boolean! = false\n    $ageOver18: Boolean! = false\n    $ageOver21: Boolean! = false\n    $nationality: Boolean! = false\n    $address: Boolean! = false\n    $documentNumber: Boolean! = false\n    $taxNumber: Boolean! = false\n    $email: Boolean! = false\n    $phone: Boolean! = false\n  ) {\n    shareRequest(id: $id) {\n      facts {\n        provenAt\n        fullName @include(if: $fullName)\n        givenName @include(if: $givenName)\n        familyName @include(if: $familyName)\n        dateOfBirth @include(if: $dateOfBirth)\n        ageOver18: ageOver(years: 18) @include(if: $ageOver18)\n        ageOver21: ageOver(years: 21) @include(if: $ageOver21)\n        nationality @include(if: $nationality)\n        address @include(if: $address) {\n          street\n          city\n          region\n          postalCode\n          country\n        }\n        documentNumber @include(if: $documentNumber)\n        taxNumber @include(if: $taxNumber)\n        email @include(if: $email)\n        phone @include(if: $phone)\n      }\n    }\n  }\n": typeof types.RevealedFactsDocument,
    "\n  fragment TimelineEntry on ShareRequestStatus {\n    version\n    changedAt\n    ... on PendingStatus {\n      expiresAt\n    }\n    ... on ApprovedStatus {\n      outcome {\n        passed\n        checks {\n          name\n          label(language: $language)\n          verdict\n        }\n      }\n    }\n    ... on FailedStatus {\n      reason\n    }\n  }\n": typeof types.TimelineEntryFragmentDoc,
};
const documents: Documents = {
    "\n  fragment ListedShareRequest on ShareRequest {\n    id\n    createdAt\n    createdBy\n    createdByKey {\n      name\n    }\n    reference\n    policy {\n      name\n    }\n    status {\n      version\n      changedAt\n      ... on ApprovedStatus {\n        outcome {\n          passed\n        }\n      }\n    }\n  }\n": types.ListedShareRequestFragmentDoc,
    "\n  query SignIn {\n    shareRequests(first: 1) {\n      changesCursor\n    }\n    policies {\n      name\n    }\n  }\n": types.SignInDocument,
    "\n  query ShareRequestPage($filter: ShareRequestFilter, $after: String) {\n    shareRequests(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...ListedShareRequest\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n": types.ShareRequestPageDocument,
    "\n  query ShareRequestCounts($filter: ShareRequestFilter) {\n    shareRequests(first: 1, filter: $filter) {\n      totalCount {\n        ...Count\n      }\n      outcomes {\n        pending {\n          ...Count\n        }\n        passed {\n          ...Count\n        }\n        notPassed {\n          ...Count\n        }\n        declined {\n          ...Count\n        }\n        expired {\n          ...Count\n        }\n        cancelled {\n          ...Count\n        }\n        failed {\n          ...Count\n        }\n      }\n    }\n  }\n": types.ShareRequestCountsDocument,
    "\n  fragment Count on ShareRequestCount {\n    value\n    isExact\n  }\n": types.CountFragmentDoc,
    "\n  query ChangesCursor {\n    shareRequests(first: 1) {\n      changesCursor\n    }\n  }\n": types.ChangesCursorDocument,
    "\n  subscription FollowChanges($after: String) {\n    shareRequestChanges(after: $after) {\n      cursor\n      shareRequest {\n        ...ListedShareRequest\n      }\n    }\n  }\n": types.FollowChangesDocument,
    "\n  query ShareRequestDetail($id: ID!, $language: String) {\n    shareRequest(id: $id) {\n      ...ListedShareRequest\n      policy {\n        name\n        purpose(language: $language)\n        facts\n      }\n      history {\n        ...TimelineEntry\n      }\n    }\n  }\n": types.ShareRequestDetailDocument,
    "\n  mutation CheckListed($input: ShareRequestInput!) {\n    checkShareRequest(input: $input) {\n      ...ListedShareRequest\n    }\n  }\n": types.CheckListedDocument,
    "\n  mutation CancelListed($input: ShareRequestInput!) {\n    cancelShareRequest(input: $input) {\n      ...ListedShareRequest\n    }\n  }\n": types.CancelListedDocument,
    "\n  query RevealedFacts(\n    $id: ID!\n    $fullName: Boolean! = false\n    $givenName: Boolean! = false\n    $familyName: Boolean! = false\n    $dateOfBirth: Boolean! = false\n    $ageOver18: Boolean! = false\n    $ageOver21: Boolean! = false\n    $nationality: Boolean! = false\n    $address: Boolean! = false\n    $documentNumber: Boolean! = false\n    $taxNumber: Boolean! = false\n    $email: Boolean! = false\n    $phone: Boolean! = false\n  ) {\n    shareRequest(id: $id) {\n      facts {\n        provenAt\n        fullName @include(if: $fullName)\n        givenName @include(if: $givenName)\n        familyName @include(if: $familyName)\n        dateOfBirth @include(if: $dateOfBirth)\n        ageOver18: ageOver(years: 18) @include(if: $ageOver18)\n        ageOver21: ageOver(years: 21) @include(if: $ageOver21)\n        nationality @include(if: $nationality)\n        address @include(if: $address) {\n          street\n          city\n          region\n          postalCode\n          country\n        }\n        documentNumber @include(if: $documentNumber)\n        taxNumber @include(if: $taxNumber)\n        email @include(if: $email)\n        phone @include(if: $phone)\n      }\n    }\n  }\n": types.RevealedFactsDocument,
    "\n  fragment TimelineEntry on ShareRequestStatus {\n    version\n    changedAt\n    ... on PendingStatus {\n      expiresAt\n    }\n    ... on ApprovedStatus {\n      outcome {\n        passed\n        checks {\n          name\n          label(language: $language)\n          verdict\n        }\n      }\n    }\n    ... on FailedStatus {\n      reason\n    }\n  }\n": types.TimelineEntryFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ListedShareRequest on ShareRequest {\n    id\n    createdAt\n    createdBy\n    createdByKey {\n      name\n    }\n    reference\n    policy {\n      name\n    }\n    status {\n      version\n      changedAt\n      ... on ApprovedStatus {\n        outcome {\n          passed\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment ListedShareRequest on ShareRequest {\n    id\n    createdAt\n    createdBy\n    createdByKey {\n      name\n    }\n    reference\n    policy {\n      name\n    }\n    status {\n      version\n      changedAt\n      ... on ApprovedStatus {\n        outcome {\n          passed\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SignIn {\n    shareRequests(first: 1) {\n      changesCursor\n    }\n    policies {\n      name\n    }\n  }\n"): (typeof documents)["\n  query SignIn {\n    shareRequests(first: 1) {\n      changesCursor\n    }\n    policies {\n      name\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ShareRequestPage($filter: ShareRequestFilter, $after: String) {\n    shareRequests(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...ListedShareRequest\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"): (typeof documents)["\n  query ShareRequestPage($filter: ShareRequestFilter, $after: String) {\n    shareRequests(first: 50, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...ListedShareRequest\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ShareRequestCounts($filter: ShareRequestFilter) {\n    shareRequests(first: 1, filter: $filter) {\n      totalCount {\n        ...Count\n      }\n      outcomes {\n        pending {\n          ...Count\n        }\n        passed {\n          ...Count\n        }\n        notPassed {\n          ...Count\n        }\n        declined {\n          ...Count\n        }\n        expired {\n          ...Count\n        }\n        cancelled {\n          ...Count\n        }\n        failed {\n          ...Count\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query ShareRequestCounts($filter: ShareRequestFilter) {\n    shareRequests(first: 1, filter: $filter) {\n      totalCount {\n        ...Count\n      }\n      outcomes {\n        pending {\n          ...Count\n        }\n        passed {\n          ...Count\n        }\n        notPassed {\n          ...Count\n        }\n        declined {\n          ...Count\n        }\n        expired {\n          ...Count\n        }\n        cancelled {\n          ...Count\n        }\n        failed {\n          ...Count\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Count on ShareRequestCount {\n    value\n    isExact\n  }\n"): (typeof documents)["\n  fragment Count on ShareRequestCount {\n    value\n    isExact\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ChangesCursor {\n    shareRequests(first: 1) {\n      changesCursor\n    }\n  }\n"): (typeof documents)["\n  query ChangesCursor {\n    shareRequests(first: 1) {\n      changesCursor\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FollowChanges($after: String) {\n    shareRequestChanges(after: $after) {\n      cursor\n      shareRequest {\n        ...ListedShareRequest\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription FollowChanges($after: String) {\n    shareRequestChanges(after: $after) {\n      cursor\n      shareRequest {\n        ...ListedShareRequest\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ShareRequestDetail($id: ID!, $language: String) {\n    shareRequest(id: $id) {\n      ...ListedShareRequest\n      policy {\n        name\n        purpose(language: $language)\n        facts\n      }\n      history {\n        ...TimelineEntry\n      }\n    }\n  }\n"): (typeof documents)["\n  query ShareRequestDetail($id: ID!, $language: String) {\n    shareRequest(id: $id) {\n      ...ListedShareRequest\n      policy {\n        name\n        purpose(language: $language)\n        facts\n      }\n      history {\n        ...TimelineEntry\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CheckListed($input: ShareRequestInput!) {\n    checkShareRequest(input: $input) {\n      ...ListedShareRequest\n    }\n  }\n"): (typeof documents)["\n  mutation CheckListed($input: ShareRequestInput!) {\n    checkShareRequest(input: $input) {\n      ...ListedShareRequest\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelListed($input: ShareRequestInput!) {\n    cancelShareRequest(input: $input) {\n      ...ListedShareRequest\n    }\n  }\n"): (typeof documents)["\n  mutation CancelListed($input: ShareRequestInput!) {\n    cancelShareRequest(input: $input) {\n      ...ListedShareRequest\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RevealedFacts(\n    $id: ID!\n    $fullName: Boolean! = false\n    $givenName: Boolean! = false\n    $familyName: Boolean! = false\n    $dateOfBirth: Boolean! = false\n    $ageOver18: Boolean! = false\n    $ageOver21: Boolean! = false\n    $nationality: Boolean! = false\n    $address: Boolean! = false\n    $documentNumber: Boolean! = false\n    $taxNumber: Boolean! = false\n    $email: Boolean! = false\n    $phone: Boolean! = false\n  ) {\n    shareRequest(id: $id) {\n      facts {\n        provenAt\n        fullName @include(if: $fullName)\n        givenName @include(if: $givenName)\n        familyName @include(if: $familyName)\n        dateOfBirth @include(if: $dateOfBirth)\n        ageOver18: ageOver(years: 18) @include(if: $ageOver18)\n        ageOver21: ageOver(years: 21) @include(if: $ageOver21)\n        nationality @include(if: $nationality)\n        address @include(if: $address) {\n          street\n          city\n          region\n          postalCode\n          country\n        }\n        documentNumber @include(if: $documentNumber)\n        taxNumber @include(if: $taxNumber)\n        email @include(if: $email)\n        phone @include(if: $phone)\n      }\n    }\n  }\n"): (typeof documents)["\n  query RevealedFacts(\n    $id: ID!\n    $fullName: Boolean! = false\n    $givenName: Boolean! = false\n    $familyName: Boolean! = false\n    $dateOfBirth: Boolean! = false\n    $ageOver18: Boolean! = false\n    $ageOver21: Boolean! = false\n    $nationality: Boolean! = false\n    $address: Boolean! = false\n    $documentNumber: Boolean! = false\n    $taxNumber: Boolean! = false\n    $email: Boolean! = false\n    $phone: Boolean! = false\n  ) {\n    shareRequest(id: $id) {\n      facts {\n        provenAt\n        fullName @include(if: $fullName)\n        givenName @include(if: $givenName)\n        familyName @include(if: $familyName)\n        dateOfBirth @include(if: $dateOfBirth)\n        ageOver18: ageOver(years: 18) @include(if: $ageOver18)\n        ageOver21: ageOver(years: 21) @include(if: $ageOver21)\n        nationality @include(if: $nationality)\n        address @include(if: $address) {\n          street\n          city\n          region\n          postalCode\n          country\n        }\n        documentNumber @include(if: $documentNumber)\n        taxNumber @include(if: $taxNumber)\n        email @include(if: $email)\n        phone @include(if: $phone)\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TimelineEntry on ShareRequestStatus {\n    version\n    changedAt\n    ... on PendingStatus {\n      expiresAt\n    }\n    ... on ApprovedStatus {\n      outcome {\n        passed\n        checks {\n          name\n          label(language: $language)\n          verdict\n        }\n      }\n    }\n    ... on FailedStatus {\n      reason\n    }\n  }\n"): (typeof documents)["\n  fragment TimelineEntry on ShareRequestStatus {\n    version\n    changedAt\n    ... on PendingStatus {\n      expiresAt\n    }\n    ... on ApprovedStatus {\n      outcome {\n        passed\n        checks {\n          name\n          label(language: $language)\n          verdict\n        }\n      }\n    }\n    ... on FailedStatus {\n      reason\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;