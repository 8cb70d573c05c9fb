import { Child } from '../process/child.ts'
import type { HttpOptions } from './http.ts'
import type { StoreHandlers } from './store-process.ts'

/** Microseconds of CPU. */
export interface StoreShare {
  perCreate: number
  perRead: number
}

/** The store's part of a request's CPU, measured by making only the request's store calls. */
export async function measureStore({ creates, reads }: HttpOptions): Promise<StoreShare> {
  const store = new Child<StoreHandlers>(new URL('./store-process.ts', import.meta.url))
  try {
    await store.listening()
    await store.call('create', Math.ceil(creates / 4))
    await store.call('read', Math.ceil(reads / 4))
    const atCreates = await store.call('probeCpu')
    await store.call('create', creates)
    const atReads = await store.call('probeCpu')
    await store.call('read', reads)
    const atEnd = await store.call('probeCpu')
    return { perCreate: (atReads - atCreates) / creates, perRead: (atEnd - atReads) / reads }
  } finally {
    await store.stop()
  }
}
