import { useEffect, useEffectEvent } from 'react'
import { useClient } from 'urql'
import { pipe, subscribe } from 'wonka'
import type { FragmentType } from '../generated/partner/fragment-masking.ts'
import { FollowListed, type ListedShareRequest } from './operations.ts'

/** Tells `onChange` live what becomes of a share request, as long as it `isFollowed`. */
export function useFollowed(
  id: string,
  isFollowed: boolean,
  onChange: (changed: FragmentType<typeof ListedShareRequest>) => void,
) {
  const client = useClient()
  const changed = useEffectEvent(onChange)
  useEffect(() => {
    if (!isFollowed) return
    return pipe(
      client.subscription(FollowListed, { id }),
      subscribe(({ data }) => {
        if (data) changed(data.shareRequestStatus.shareRequest)
      }),
    ).unsubscribe
  }, [client, id, isFollowed])
}
