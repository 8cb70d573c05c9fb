import type { ShareRequest } from '../share-requests/share-request.ts'
import { builder } from './builder.ts'

// These two types refer to each other. Declared here, the files that define them need not import each other.

export const ShareRequestRef = builder.objectRef<ShareRequest>('ShareRequest')

/** A status is the record of a share request at one version. */
export const ShareRequestStatusRef = builder.interfaceRef<ShareRequest>('ShareRequestStatus')
