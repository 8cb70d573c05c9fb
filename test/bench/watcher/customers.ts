/** Lifetime of a simulated share request, in milliseconds. */
export const lifetime = 3_600_000

/** What one customer will do. Times are in milliseconds after the creation of their share request. */
export interface Customer {
  answer: 'APPROVED' | 'DECLINED' | null
  /** Infinity if they never answer. */
  answersAfter: number
  /** How long their page stays open and subscribed; 0 if it never is, such as on a sleeping phone. */
  followsFor: number
  /** Time from their answer until the page's SDK sees it. */
  sdkDelay: number
}

/**
 * Typical customers: 70 % approve, most of them within a minute and some after several; 5 % decline; 25 % never answer.
 * Of those who answer, 10 % have no page open.
 */
export function customerOf(random: () => number): Customer {
  const fate = random()
  const answersAfter = fate < 0.75 ? logNormal(random, 45_000, 0.9) : Number.POSITIVE_INFINITY
  const sdkDelay = 200 + random() * 1_000
  if (answersAfter > lifetime)
    return {
      ...{ answer: null, answersAfter: Number.POSITIVE_INFINITY, sdkDelay },
      followsFor: logNormal(random, 60_000, 1),
    }
  const followsFor = random() < 0.1 ? 0 : lifetime
  return { answer: fate < 0.7 ? 'APPROVED' : 'DECLINED', answersAfter, followsFor, sdkDelay }
}

/** Average time that a share request is pending, in milliseconds; it determines the arrival rate. */
export const meanPending = 0.75 * 45_000 * Math.exp(0.9 ** 2 / 2) + 0.25 * lifetime

export const exponential = (random: () => number, mean: number) => -Math.log(1 - random()) * mean

function logNormal(random: () => number, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return median * Math.exp(sigma * normal)
}

/** Repeatable random numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
