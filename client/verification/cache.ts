/** For teams that use a normalised cache of their own. */
export { possibleTypes } from '../generated/possible-types.ts'
export { cacheKeys } from './cache-keys.ts'
