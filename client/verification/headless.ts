/** The verification without its looks: the state, and what can be done. */
export type { Locale } from '../ui/locales.ts'
export type { Connection } from './connection.ts'
export { createGateway, type Gateway } from './gateway.ts'
export { GatewayProvider, useGateway } from './gateway-provider.tsx'
export type { ShareRequestHandle } from './saved-share-request.ts'
export type { ServerClock } from './server-clock.ts'
export type {
  CancelError,
  CreateError,
  Following,
  ShareRequest,
  ShareRequestState,
  ShareRequestStatus,
  StatusOf,
} from './share-request-state.ts'
export type { UnreachableCause } from './unreachable-cause.ts'
export { type UseShareRequest, type UseShareRequestOptions, useShareRequest } from './use-share-request.ts'
export { resultOf, type VerificationResult } from './verification-result.ts'
