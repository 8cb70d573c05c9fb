export { possibleTypes } from '../generated/possible-types.ts'
export { browserLocale } from '../ui/browser-locale.ts'
export { type Locale, locales } from '../ui/locales.ts'
export { cacheKeys } from './cache-keys.ts'
export { type Connection, unobservedConnection } from './connection.ts'
export { createGateway, type Gateway } from './gateway.ts'
export { GatewayProvider } from './gateway-provider.tsx'
export type { ShareRequestHandle } from './saved-share-request.ts'
export { createServerClock, type ServerClock } from './server-clock.ts'
export type {
  CancelError,
  CreateError,
  Following,
  ShareRequest,
  ShareRequestState,
  ShareRequestStatus,
  StatusOf,
} from './share-request-state.ts'
export { type UseShareRequest, useShareRequest } from './use-share-request.ts'
export { Verification, type VerificationProps } from './verification.tsx'
export { resultOf, type VerificationResult } from './verification-result.ts'
