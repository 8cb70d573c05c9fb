import { fileURLToPath } from 'node:url'

const inClient = (path: string) => fileURLToPath(new URL(`../client/${path}`, import.meta.url))

/** Folder of the built page. */
export const clientDir = inClient('dist')
/** File of the operations that the page sends. */
export const pageOperations = inClient('generated/persisted-documents.json')
