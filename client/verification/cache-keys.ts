import { typesWithoutId } from '../generated/possible-types.ts'

type Key = (object: Readonly<Record<string, unknown>>) => string | null

const embedded: Key = () => null

/**
 * How urql's normalised cache tells the schema's objects apart: pass it to `cacheExchange({ keys: cacheKeys })`. Types
 * with an id need no entry; a Policy is known by its name; everything else is part of its parent.
 */
export const cacheKeys: Record<string, Key> = {
  ...Object.fromEntries(typesWithoutId.map((type) => [type, embedded])),
  Policy: ({ name }) => (typeof name === 'string' ? name : null),
}
