import type { ShareRequest } from '../share-requests/share-request.ts'
import { builder } from './builder.ts'

// The two types that name each other, in a file of their own so that the files that define them need not import each other.

export const ShareRequestRef = builder.objectRef<ShareRequest>('ShareRequest')

/** A status is a share request at one version: that version's record says all that there is to say. */
export const ShareRequestStatusRef = builder.interfaceRef<ShareRequest>('ShareRequestStatus')
