import { StoreUnavailable } from '../share-requests/store.ts'

/** Resolves like `work`. Rejects with a StoreUnavailable if that takes longer, without stopping `work`. */
export async function withDeadline<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = () => reject(new StoreUnavailable('BUSY', `The store did not answer within ${timeoutMs} ms.`))
  const timer = setTimeout(late, timeoutMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
