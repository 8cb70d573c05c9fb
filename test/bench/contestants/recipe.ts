/**
 * Plain Yoga by the recipes of its documentation: its defaults, its pub/sub, and graphql-ws as its page on
 * subscriptions wires it. It answers the operations of the bench from memory: no store, no authorisation but the
 * comparison of the clientSecret, no limits and no metrics. It asks Portmone only if PORTMONE_URL is set.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GraphQLError } from 'graphql'
import { DateTimeResolver } from 'graphql-scalars'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub, createSchema, createYoga } from 'graphql-yoga'
import { WebSocketServer } from 'ws'
import { RecipeUpstream } from './recipe-upstream.ts'
import { approved, type SampleShareRequest, sampleShareRequest } from './sample.ts'

const typeDefs = /* GraphQL */ `
  scalar DateTime
  enum FactKind { FULL_NAME GIVEN_NAME FAMILY_NAME DATE_OF_BIRTH AGE_OVER_18 AGE_OVER_21 NATIONALITY ADDRESS DOCUMENT_NUMBER TAX_NUMBER EMAIL PHONE }
  enum CheckVerdict { PASSED FAILED UNDECIDABLE }
  enum FailureReason { REJECTED_BY_PORTMONE FACTS_UNAVAILABLE }
  type Policy { name: String! purpose: String! facts: [FactKind!]! checks: [String!]! }
  type CheckResult { name: String! verdict: CheckVerdict! }
  type Outcome { passed: Boolean! checks: [CheckResult!]! }
  type ShareRequest { id: ID! createdAt: DateTime! expiresAt: DateTime! policy: Policy! status: ShareRequestStatus! }
  interface ShareRequestStatus { shareRequest: ShareRequest! version: Int! changedAt: DateTime! }
  type PendingStatus implements ShareRequestStatus { shareRequest: ShareRequest! version: Int! changedAt: DateTime! code: String! expiresAt: DateTime! }
  type ApprovedStatus implements ShareRequestStatus { shareRequest: ShareRequest! version: Int! changedAt: DateTime! approvedAt: DateTime! outcome: Outcome! }
  type FailedStatus implements ShareRequestStatus { shareRequest: ShareRequest! version: Int! changedAt: DateTime! reason: FailureReason! retryable: Boolean! }
  interface UserError { message: String! }
  type ShareRequestNotFound implements UserError { message: String! }
  type UnknownPolicy implements UserError { message: String! policies: [String!]! }
  type CreateShareRequestSuccess { clientSecret: String! shareRequest: ShareRequest! }
  union CreateShareRequestResult = CreateShareRequestSuccess | UnknownPolicy
  union ShareRequestResult = ShareRequest | ShareRequestNotFound
  input CreateShareRequestInput { policy: String! idempotencyKey: String! reference: String }
  input ShareRequestInput { id: ID! clientSecret: String }
  type Query { shareRequest(id: ID!, clientSecret: String): ShareRequest }
  type Mutation {
    createShareRequest(input: CreateShareRequestInput!): CreateShareRequestResult!
    checkShareRequest(input: ShareRequestInput!): ShareRequestResult!
  }
  type Subscription { shareRequestStatus(id: ID!, clientSecret: String): ShareRequestStatus! }
`

interface Handle {
  id: string
  clientSecret?: string | null
}

const shareRequests = new Map<string, SampleShareRequest>()
const { PORTMONE_URL } = process.env
const upstream = PORTMONE_URL === undefined ? null : new RecipeUpstream(PORTMONE_URL)
const pubSub = createPubSub<{ changed: [id: string, request: SampleShareRequest] }>()

function find({ id, clientSecret }: Handle): SampleShareRequest | null {
  const request = shareRequests.get(id)
  return request !== undefined && request.clientSecret === clientSecret ? request : null
}

function approve(request: SampleShareRequest): SampleShareRequest {
  const changed = approved(request)
  shareRequests.set(changed.id, changed)
  pubSub.publish('changed', changed.id, changed)
  return changed
}

const schema = createSchema({
  typeDefs,
  resolvers: {
    DateTime: DateTimeResolver,
    Query: {
      shareRequest: (_: unknown, handle: Handle) => find(handle),
    },
    Mutation: {
      async createShareRequest() {
        const sample = sampleShareRequest()
        const request = upstream === null ? sample : { ...sample, code: await upstream.create(sample.id) }
        shareRequests.set(request.id, request)
        return {
          __typename: 'CreateShareRequestSuccess',
          clientSecret: request.clientSecret,
          shareRequest: request,
        }
      },
      checkShareRequest(_: unknown, { input }: { input: Handle }) {
        const request = find(input)
        if (request === null)
          return { __typename: 'ShareRequestNotFound', message: 'There is no such share request.' }
        return { ...approve(request), __typename: 'ShareRequest' }
      },
    },
    Subscription: {
      shareRequestStatus: {
        async *subscribe(_: unknown, handle: Handle) {
          const changes = pubSub.subscribe('changed', handle.id)
          const request = find(handle)
          if (request === null) throw new GraphQLError('There is no such share request.')
          yield request
          if (upstream !== null) void upstream.approval(request.code).then(() => approve(request))
          if (request.approved !== null) return
          for await (const changed of changes) {
            yield changed
            if (changed.approved !== null) return
          }
        },
        resolve: (request: SampleShareRequest) => request,
      },
    },
    ShareRequest: {
      status: (request: SampleShareRequest) => request,
    },
    ShareRequestStatus: {
      __resolveType: (request: SampleShareRequest) =>
        request.approved === null ? 'PendingStatus' : 'ApprovedStatus',
    },
    PendingStatus: { shareRequest: (request: SampleShareRequest) => request },
    ApprovedStatus: {
      shareRequest: (request: SampleShareRequest) => request,
      approvedAt: (request: SampleShareRequest) => request.approved?.approvedAt,
      outcome: (request: SampleShareRequest) => request.approved?.outcome,
    },
  },
})

const yoga = createYoga({ schema, graphiql: { subscriptionsProtocol: 'WS' } })
const server = createServer(yoga)
const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint })

type Enveloped = Pick<ReturnType<typeof yoga.getEnveloped>, 'execute' | 'subscribe'>

// biome-ignore lint/correctness/useHookAtTopLevel: the name comes from graphql-ws; it is not a React hook
useServer(
  {
    execute: (args) => (args.rootValue as Enveloped).execute(args),
    subscribe: (args) => (args.rootValue as Enveloped).subscribe(args),
    async onSubscribe(context, _id, params) {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        params,
      })
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      }
      const errors = validate(args.schema, args.document)
      return errors.length > 0 ? [...errors] : args
    },
  },
  sockets,
)

server.listen(0, '127.0.0.1', () => {
  process.send?.({ listening: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
process.once('SIGTERM', () => process.exit())
