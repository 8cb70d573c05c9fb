import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import type { ShareRequestHandle } from '../../client/verification/index.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const doc = readFileSync(join(root, 'docs/frontend.md'), 'utf8')

/** The files that docs/frontend.md prints. */
export const snippets = [...doc.matchAll(/```tsx? file=(\S+)\n([\s\S]*?)```/g)].map(
  ([, file = '', text = '']) => ({ file, text }),
)

/** Where they are written: a folder that Git and the root's tsconfig ignore. */
export let folder: string

/** The parts of Next that the snippets use; Next is not installed here: test/package builds in a real project. */
const nextTypes = `declare module 'next/navigation' {
  export function useRouter(): { push(url: string): void }
}
`

/** Call it once in a file. */
export function prepareSnippets() {
  beforeAll(() => {
    mkdirSync(join(root, 'test-results'), { recursive: true })
    folder = mkdtempSync(join(root, 'test-results/frontend-docs-'))
    for (const { file, text } of snippets) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    writeFileSync(join(folder, 'next.d.ts'), nextTypes)
    const tsconfig = {
      extends: '../../tsconfig.json',
      include: ['**/*.ts', '**/*.tsx', '../../client/vite-env.d.ts'],
      exclude: [],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
}

export const load = <Module>(file: string): Promise<Module> => import(/* @vite-ignore */ join(folder, file))

export interface Status {
  __typename: string
  code?: string
}
/** What the file of each client exports. */
export type Verify<Client> = (
  client: Client,
  policy: string,
  onStatus: (status: Status, handle: ShareRequestHandle) => void,
) => Promise<boolean>
