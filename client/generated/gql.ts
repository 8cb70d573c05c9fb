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
    "\n  fragment PolicyOption on Policy {\n    name\n    purpose(language: $language)\n    facts\n  }\n": typeof types.PolicyOptionFragmentDoc,
    "\n  query Policies($language: String) {\n    policies {\n      name\n      access\n      ...PolicyOption\n    }\n  }\n": typeof types.PoliciesDocument,
    "\n  fragment CheckList on Outcome {\n    checks {\n      name\n      label(language: $language)\n      verdict\n    }\n  }\n": typeof types.CheckListFragmentDoc,
    "\n  fragment ShareRequestFields on ShareRequest {\n    id\n    createdAt\n    policy {\n      name\n      purpose(language: $language)\n      facts\n      checks\n      devices\n      ...PolicyTerms\n    }\n    status {\n      version\n      changedAt\n      ... on PendingStatus {\n        code\n        expiresAt\n      }\n      ... on ApprovedStatus {\n        approvedAt\n        outcome {\n          passed\n          checks {\n            name\n            label(language: $language)\n            verdict\n          }\n          ...CheckList\n        }\n      }\n      ... on FailedStatus {\n        reason\n        retryable\n      }\n    }\n  }\n": typeof types.ShareRequestFieldsFragmentDoc,
    "\n  mutation CreateShareRequest($input: CreateShareRequestInput!, $language: String) {\n    createShareRequest(input: $input) {\n      ... on CreateShareRequestSuccess {\n        clientSecret\n        shareRequest {\n          ...ShareRequestFields\n        }\n      }\n      ... on InvalidInput {\n        issues {\n          path\n          message\n        }\n      }\n      ... on RateLimited {\n        retryAfter\n      }\n      ... on UpstreamUnavailable {\n        retryable\n      }\n    }\n  }\n": typeof types.CreateShareRequestDocument,
    "\n  mutation CheckShareRequest($input: ShareRequestInput!, $language: String) {\n    checkShareRequest(input: $input) {\n      ...ShareRequestFields\n    }\n  }\n": typeof types.CheckShareRequestDocument,
    "\n  mutation CancelShareRequest($input: ShareRequestInput!, $language: String) {\n    cancelShareRequest(input: $input) {\n      ...ShareRequestFields\n      ... on RateLimited {\n        retryAfter\n      }\n      ... on UpstreamUnavailable {\n        retryable\n      }\n    }\n  }\n": typeof types.CancelShareRequestDocument,
    "\n  query ReadShareRequest($id: ID!, $clientSecret: String!, $language: String) {\n    shareRequest(id: $id, clientSecret: $clientSecret) {\n      ...ShareRequestFields\n    }\n  }\n": typeof types.ReadShareRequestDocument,
    "\n  subscription SubscribeToShareRequest($id: ID!, $clientSecret: String!, $language: String) {\n    shareRequestStatus(id: $id, clientSecret: $clientSecret) {\n      shareRequest {\n        ...ShareRequestFields\n      }\n    }\n  }\n": typeof types.SubscribeToShareRequestDocument,
    "\n  fragment PolicyTerms on Policy {\n    purpose(language: $language)\n    facts\n  }\n": typeof types.PolicyTermsFragmentDoc,
    "\n  query PolicyByName($name: String!, $language: String) {\n    policy(name: $name) {\n      ...PolicyTerms\n    }\n  }\n": typeof types.PolicyByNameDocument,
};
const documents: Documents = {
    "\n  fragment PolicyOption on Policy {\n    name\n    purpose(language: $language)\n    facts\n  }\n": types.PolicyOptionFragmentDoc,
    "\n  query Policies($language: String) {\n    policies {\n      name\n      access\n      ...PolicyOption\n    }\n  }\n": types.PoliciesDocument,
    "\n  fragment CheckList on Outcome {\n    checks {\n      name\n      label(language: $language)\n      verdict\n    }\n  }\n": types.CheckListFragmentDoc,
    "\n  fragment ShareRequestFields on ShareRequest {\n    id\n    createdAt\n    policy {\n      name\n      purpose(language: $language)\n      facts\n      checks\n      devices\n      ...PolicyTerms\n    }\n    status {\n      version\n      changedAt\n      ... on PendingStatus {\n        code\n        expiresAt\n      }\n      ... on ApprovedStatus {\n        approvedAt\n        outcome {\n          passed\n          checks {\n            name\n            label(language: $language)\n            verdict\n          }\n          ...CheckList\n        }\n      }\n      ... on FailedStatus {\n        reason\n        retryable\n      }\n    }\n  }\n": types.ShareRequestFieldsFragmentDoc,
    "\n  mutation CreateShareRequest($input: CreateShareRequestInput!, $language: String) {\n    createShareRequest(input: $input) {\n      ... on CreateShareRequestSuccess {\n        clientSecret\n        shareRequest {\n          ...ShareRequestFields\n        }\n      }\n      ... on InvalidInput {\n        issues {\n          path\n          message\n        }\n      }\n      ... on RateLimited {\n        retryAfter\n      }\n      ... on UpstreamUnavailable {\n        retryable\n      }\n    }\n  }\n": types.CreateShareRequestDocument,
    "\n  mutation CheckShareRequest($input: ShareRequestInput!, $language: String) {\n    checkShareRequest(input: $input) {\n      ...ShareRequestFields\n    }\n  }\n": types.CheckShareRequestDocument,
    "\n  mutation CancelShareRequest($input: ShareRequestInput!, $language: String) {\n    cancelShareRequest(input: $input) {\n      ...ShareRequestFields\n      ... on RateLimited {\n        retryAfter\n      }\n      ... on UpstreamUnavailable {\n        retryable\n      }\n    }\n  }\n": types.CancelShareRequestDocument,
    "\n  query ReadShareRequest($id: ID!, $clientSecret: String!, $language: String) {\n    shareRequest(id: $id, clientSecret: $clientSecret) {\n      ...ShareRequestFields\n    }\n  }\n": types.ReadShareRequestDocument,
    "\n  subscription SubscribeToShareRequest($id: ID!, $clientSecret: String!, $language: String) {\n    shareRequestStatus(id: $id, clientSecret: $clientSecret) {\n      shareRequest {\n        ...ShareRequestFields\n      }\n    }\n  }\n": types.SubscribeToShareRequestDocument,
    "\n  fragment PolicyTerms on Policy {\n    purpose(language: $language)\n    facts\n  }\n": types.PolicyTermsFragmentDoc,
    "\n  query PolicyByName($name: String!, $language: String) {\n    policy(name: $name) {\n      ...PolicyTerms\n    }\n  }\n": types.PolicyByNameDocument,
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
export function graphql(source: "\n  fragment PolicyOption on Policy {\n    name\n    purpose(language: $language)\n    facts\n  }\n"): (typeof documents)["\n  fragment PolicyOption on Policy {\n    name\n    purpose(language: $language)\n    facts\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Policies($language: String) {\n    policies {\n      name\n      access\n      ...PolicyOption\n    }\n  }\n"): (typeof documents)["\n  query Policies($language: String) {\n    policies {\n      name\n      access\n      ...PolicyOption\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment CheckList on Outcome {\n    checks {\n      name\n      label(language: $language)\n      verdict\n    }\n  }\n"): (typeof documents)["\n  fragment CheckList on Outcome {\n    checks {\n      name\n      label(language: $language)\n      verdict\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ShareRequestFields on ShareRequest {\n    id\n    createdAt\n    policy {\n      name\n      purpose(language: $language)\n      facts\n      checks\n      devices\n      ...PolicyTerms\n    }\n    status {\n      version\n      changedAt\n      ... on PendingStatus {\n        code\n        expiresAt\n      }\n      ... on ApprovedStatus {\n        approvedAt\n        outcome {\n          passed\n          checks {\n            name\n            label(language: $language)\n            verdict\n          }\n          ...CheckList\n        }\n      }\n      ... on FailedStatus {\n        reason\n        retryable\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment ShareRequestFields on ShareRequest {\n    id\n    createdAt\n    policy {\n      name\n      purpose(language: $language)\n      facts\n      checks\n      devices\n      ...PolicyTerms\n    }\n    status {\n      version\n      changedAt\n      ... on PendingStatus {\n        code\n        expiresAt\n      }\n      ... on ApprovedStatus {\n        approvedAt\n        outcome {\n          passed\n          checks {\n            name\n            label(language: $language)\n            verdict\n          }\n          ...CheckList\n        }\n      }\n      ... on FailedStatus {\n        reason\n        retryable\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateShareRequest($input: CreateShareRequestInput!, $language: String) {\n    createShareRequest(input: $input) {\n      ... on CreateShareRequestSuccess {\n        clientSecret\n        shareRequest {\n          ...ShareRequestFields\n        }\n      }\n      ... on InvalidInput {\n        issues {\n          path\n          message\n        }\n      }\n      ... on RateLimited {\n        retryAfter\n      }\n      ... on UpstreamUnavailable {\n        retryable\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CreateShareRequest($input: CreateShareRequestInput!, $language: String) {\n    createShareRequest(input: $input) {\n      ... on CreateShareRequestSuccess {\n        clientSecret\n        shareRequest {\n          ...ShareRequestFields\n        }\n      }\n      ... on InvalidInput {\n        issues {\n          path\n          message\n        }\n      }\n      ... on RateLimited {\n        retryAfter\n      }\n      ... on UpstreamUnavailable {\n        retryable\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CheckShareRequest($input: ShareRequestInput!, $language: String) {\n    checkShareRequest(input: $input) {\n      ...ShareRequestFields\n    }\n  }\n"): (typeof documents)["\n  mutation CheckShareRequest($input: ShareRequestInput!, $language: String) {\n    checkShareRequest(input: $input) {\n      ...ShareRequestFields\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelShareRequest($input: ShareRequestInput!, $language: String) {\n    cancelShareRequest(input: $input) {\n      ...ShareRequestFields\n      ... on RateLimited {\n        retryAfter\n      }\n      ... on UpstreamUnavailable {\n        retryable\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CancelShareRequest($input: ShareRequestInput!, $language: String) {\n    cancelShareRequest(input: $input) {\n      ...ShareRequestFields\n      ... on RateLimited {\n        retryAfter\n      }\n      ... on UpstreamUnavailable {\n        retryable\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadShareRequest($id: ID!, $clientSecret: String!, $language: String) {\n    shareRequest(id: $id, clientSecret: $clientSecret) {\n      ...ShareRequestFields\n    }\n  }\n"): (typeof documents)["\n  query ReadShareRequest($id: ID!, $clientSecret: String!, $language: String) {\n    shareRequest(id: $id, clientSecret: $clientSecret) {\n      ...ShareRequestFields\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription SubscribeToShareRequest($id: ID!, $clientSecret: String!, $language: String) {\n    shareRequestStatus(id: $id, clientSecret: $clientSecret) {\n      shareRequest {\n        ...ShareRequestFields\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription SubscribeToShareRequest($id: ID!, $clientSecret: String!, $language: String) {\n    shareRequestStatus(id: $id, clientSecret: $clientSecret) {\n      shareRequest {\n        ...ShareRequestFields\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PolicyTerms on Policy {\n    purpose(language: $language)\n    facts\n  }\n"): (typeof documents)["\n  fragment PolicyTerms on Policy {\n    purpose(language: $language)\n    facts\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PolicyByName($name: String!, $language: String) {\n    policy(name: $name) {\n      ...PolicyTerms\n    }\n  }\n"): (typeof documents)["\n  query PolicyByName($name: String!, $language: String) {\n    policy(name: $name) {\n      ...PolicyTerms\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;