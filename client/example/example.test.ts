import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Rollup } from 'vite'
import { expect, test } from 'vitest'
import { sources } from '../test/sources.ts'

test('the example imports nothing of the project but the package', () => {
  const imports = sources('example/!(vite.config).{ts,tsx}').flatMap(({ text }) =>
    [...text.matchAll(/(?:from|import) '([^']+)'/g)].map(([, specifier = '']) => specifier),
  )
  const isOwn = (specifier: string) => specifier.startsWith('./')
  expect([...new Set(imports.filter((specifier) => !isOwn(specifier)))].sort()).toEqual([
    '@portmone-ai/sdk-react',
    '@portmone-gateway/verification',
    'react',
    'react-dom/client',
  ])
})

test('the example builds from its own sources and the verification', async () => {
  const built = await build({
    configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)),
    logLevel: 'silent',
    build: { write: false },
  })
  const client = fileURLToPath(new URL('..', import.meta.url))
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((bundle) =>
    'output' in bundle ? bundle.output : [],
  )
  const folders = outputs
    .filter((output): output is Rollup.OutputChunk => output.type === 'chunk')
    .flatMap(({ moduleIds }) => moduleIds)
    .filter((id) => id.startsWith(client))
    .map((id) => id.slice(client.length).split(sep)[0])
  expect([...new Set(folders)].sort()).toEqual(['example', 'generated', 'ui', 'verification'])
}, 60_000)
