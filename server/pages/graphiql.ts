import { gzipSync } from 'node:zlib'
import { ConfigError } from '../environment.ts'
import { contentSecurityPolicy, hashSource } from './content-security-policy.ts'

/** Placeholder for a key that the browser generates when it loads the page. */
const freshKey = '00000000-0000-4000-8000-000000000000'
/** JavaScript that replaces each 0 by a random digit; over plain HTTP browsers have no crypto.randomUUID. */
const randomKey = `"${freshKey}".replace(/0/g, () => (crypto.getRandomValues(new Uint8Array(1))[0] & 15).toString(16))`

const tabs = [
  {
    query: `# 1. Create a share request as a customer's page
# does. Public policies need no key.
# Copy id and clientSecret from the result into
# the variables of the next tab.
mutation Create($input: CreateShareRequestInput!) {
  createShareRequest(input: $input) {
    __typename
    ... on CreateShareRequestSuccess {
      clientSecret
      shareRequest {
        id
        expiresAt
        policy { purpose facts checks }
        status {
          __typename
          # In the sandbox this is a URL. Open it
          # in a new tab: it is the customer's phone.
          ... on PendingStatus { code }
        }
      }
    }
    ... on UserError { message }
    ... on UnknownPolicy { policies }
  }
}`,
    variables: JSON.stringify(
      {
        input: {
          policy: 'kyc-basic',
          idempotencyKey: freshKey,
          reference: 'order-1',
        },
      },
      null,
      2,
    ),
  },
  {
    query: `# 2. Follow it over WebSocket: the current status
# first, then each change. Approve on the phone
# and watch. A partner key in the headers below
# works too; then leave out the clientSecret.
subscription Follow($id: ID!, $clientSecret: String) {
  shareRequestStatus(id: $id, clientSecret: $clientSecret) {
    __typename
    version
    changedAt
    ... on PendingStatus { code expiresAt }
    ... on ApprovedStatus { outcome { passed checks { name label verdict } } }
    ... on FailedStatus { reason retryable }
  }
}`,
    variables: JSON.stringify({ id: 'paste the id', clientSecret: 'paste the clientSecret' }, null, 2),
  },
  {
    query: `# 3. Read the facts as the partner's backend does.
# Put your partner key into the headers below.
query Facts($id: ID!) {
  shareRequest(id: $id) {
    reference
    status { __typename }
    facts {
      fullName
      dateOfBirth
      ageOver(years: 18)
      nationality
      provenAt
    }
  }
}`,
    variables: JSON.stringify({ id: 'paste the id' }, null, 2),
    headers: JSON.stringify({ authorization: 'Bearer paste the partner key' }, null, 2),
  },
  {
    query: `# 4. List share requests, newest first. Put your
# partner key into the headers below.
query List($first: Int!, $after: String) {
  shareRequests(first: $first, after: $after, filter: { status: [PENDING, APPROVED] }) {
    edges {
      node {
        id
        reference
        createdAt
        createdBy
        policy { name }
        history { __typename version changedAt }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: JSON.stringify({ first: 10 }, null, 2),
    headers: JSON.stringify({ authorization: 'Bearer paste the partner key' }, null, 2),
  },
  {
    query: `# 5. Follow all share requests as the partner's
# backend does: each creation and each change.
# With the cursor of an event as "after" it first
# replays what came after that. Put your partner
# key into the headers below.
subscription FollowAll($after: String, $filter: ShareRequestFilter) {
  shareRequestChanges(after: $after, filter: $filter) {
    cursor
    shareRequest {
      id
      reference
      policy { name }
      status { __typename version changedAt }
    }
  }
}`,
    variables: JSON.stringify({ after: null, filter: null }, null, 2),
    headers: JSON.stringify({ authorization: 'Bearer paste the partner key' }, null, 2),
  },
]

const graphiqlPackage = '@graphql-yoga/render-graphiql'

/** A tab keeps the transform of an earlier drag and would move during the first click. */
const steadyTabs = '.graphiql-tab{transform:none!important}'

/** GraphiQL shows what is thrown as JSON. A failed socket throws an event, which is empty as JSON. */
const eventMessages = `Event.prototype.toJSON = function () {
  return { message: this instanceof CloseEvent
    ? 'The WebSocket was closed: ' + this.code + (this.reason && ' ' + this.reason)
    : 'The WebSocket could not be opened. Check that the proxy passes on WebSockets, and that this address is PUBLIC_URL or in ALLOWED_ORIGINS.' }
}`

/** Replaces the first occurrence of each. Throws an Error if there is none: GraphiQL has changed. */
function replaceEach(page: string, replacements: readonly [string, string][]): string {
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`GraphiQL's page does not contain ${from} any more.`)
    return text.replace(from, () => to)
  }, page)
}

/** Throws a ConfigError if the package is not installed. */
export function requireGraphiQL(): void {
  try {
    import.meta.resolve(graphiqlPackage)
  } catch (cause) {
    throw new ConfigError(
      [
        `GRAPHIQL needs the optional package ${graphiqlPackage}: install without --omit=optional, or turn it off`,
      ],
      { cause },
    )
  }
}

/** GraphiQL as one page of a few megabytes, compressed once, with a Content-Security-Policy for its own scripts only. */
export async function createGraphiQL() {
  // Loaded at the first request: every start would wait for its megabytes.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const page = renderGraphiQL({
    title: 'GraphiQL: Portmone gateway',
    defaultTabs: tabs,
    // GraphiQL fills the query of the first tab from the list above, and its variables from here.
    ...{ variables: tabs[0]?.variables },
    subscriptionsProtocol: 'WS',
    // Neither a key typed into the headers nor a clientSecret among the variables may outlive the page.
    shouldPersistHeaders: false,
    ...{ storage: null },
  })
  const html = replaceEach(page, [
    // Its fetcher sends the headers over HTTP only, and takes these for connection_init.
    ['extensions:{headers:y?.headers}', 'extensions:{headers:y?.headers,connectionParams:y?.headers}'],
    ['</head>', `<style>${steadyTabs}</style><script>${eventMessages}</script></head>`],
    // The tabs are a literal of the page's script: there the key becomes an expression.
  ]).replaceAll(freshKey, () => `" + ${randomKey} + "`)
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script]) => script ?? '')
  const policy = contentSecurityPolicy({
    scripts: scripts.map(hashSource),
    styles: ["'unsafe-inline'"],
    connect: ["'self'"],
    forms: "'none'",
    more: ['font-src data:', 'worker-src blob:'],
  })
  return { gzipped: new Uint8Array(gzipSync(html)), policy }
}
