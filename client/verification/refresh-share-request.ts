import type { Client, CombinedError } from '@urql/core'
import { readFragment } from '../generated/fragment-masking.ts'
import { CheckShareRequest, ReadShareRequest, ShareRequestFields } from './operations.ts'
import type { ShareRequestHandle } from './saved-share-request.ts'
import type { ShareRequest } from './share-request-state.ts'
import { causeOf } from './unreachable-cause.ts'

export type RefreshResult =
  /** `isChecked`: the gateway has asked Portmone, so it knows of an approval. */
  | { shareRequest: ShareRequest; isChecked: boolean }
  /** The gateway does not have the share request. */
  | { gone: true }
  | { error: CombinedError | undefined }

/**
 * Reads the state of a share request over HTTP. The gateway asks Portmone first; if it may not, or Portmone does not
 * answer, its own state is read.
 */
export async function refreshShareRequest(
  client: Client,
  handle: ShareRequestHandle,
  language: string | undefined,
): Promise<RefreshResult> {
  const checked = await client.mutation(CheckShareRequest, { input: handle, language })
  const result = checked.data?.checkShareRequest
  if (result?.__typename === 'ShareRequestNotFound') return { gone: true }
  if (result?.__typename === 'ShareRequest')
    return { shareRequest: readFragment(ShareRequestFields, result), isChecked: true }

  if (causeOf(checked.error) === 'network') return { error: checked.error }
  const read = await client.query(
    ReadShareRequest,
    { ...handle, language },
    { requestPolicy: 'network-only' },
  )
  if (read.data?.shareRequest)
    return { shareRequest: readFragment(ShareRequestFields, read.data.shareRequest), isChecked: false }
  return read.data && !read.error ? { gone: true } : { error: read.error }
}
