import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * What each folder of the server may import from, beside itself. Imports run one way:
 * `http, websocket, pages → graphql → schema → share-requests` and `watcher, store, portmone → share-requests`.
 * The files of `server` itself compose the gateway and may import everything.
 */
const allowedImports: Record<string, readonly string[]> = {
  'server/share-requests': [],
  'server/watcher': ['server/share-requests'],
  'server/store': ['server/share-requests'],
  'server/portmone': ['server/share-requests', 'portmone'],
  'server/monitoring': ['server/share-requests', 'server/portmone'],
  'server/schema': ['server/share-requests'],
  'server/graphql': ['server/schema', 'server/share-requests', 'server/monitoring'],
  'server/http': ['server/graphql', 'server/schema', 'server/share-requests', 'server/monitoring'],
  'server/websocket': ['server/http', 'server/graphql', 'server/share-requests', 'server/monitoring'],
  'server/pages': ['server/http', 'server/graphql', 'server/share-requests', 'server/monitoring'],
}

/** Files of `server` itself that every folder except the domain may import. */
const sharedFiles = ['server/config.ts', 'server/environment.ts', 'server/paths.ts']

interface SourceFile {
  file: string
  imports: readonly string[]
}

const isProduction = (file: string) => /^(server|client)\//.test(file)

const rules: Record<string, (file: string, imported: string) => boolean> = {
  'imports between the folders of server/ run one way': (file, imported) => {
    const folder = folderOf(file)
    const allowed = allowedImports[folder]
    if (allowed === undefined || folder === folderOf(imported)) return true
    if (allowed.length > 0 && sharedFiles.includes(imported)) return true
    return allowed.includes(folderOf(imported))
  },
  'production code imports nothing from portmone/sandbox, demo/ or test/': (file, imported) =>
    !isProduction(file) || isTest(file) || !/^(portmone\/sandbox|demo|test)\//.test(imported),
  'client/ui and client/verification import nothing from the pages': (file, imported) =>
    !/^client\/(ui|verification)\//.test(file) ||
    isTest(file) ||
    file.endsWith('vite.config.ts') ||
    /^client\/(ui|generated)\//.test(imported) ||
    (file.startsWith('client/verification/') && imported.startsWith('client/verification/')),
  'the client and the server share no code but the registry of error codes': (file, imported) =>
    imported === 'server/graphql/error-codes.ts' ||
    !isProduction(file) ||
    isTest(file) ||
    !isProduction(imported) ||
    top(file) === top(imported),
  'nothing imports the composition root but entry points and tests': (file, imported) =>
    imported !== 'server/gateway.ts' || /^(server\/main\.ts|demo\/|test\/|client\/.*\.test\.)/.test(file),
}

const top = (file: string) => file.split('/')[0]
const isTest = (file: string) => /\.test\.tsx?$/.test(file)

/** `server/store` for `server/store/sql/x.ts`; the top folder for files elsewhere. */
const folderOf = (file: string) =>
  file
    .split('/')
    .slice(0, top(file) === 'server' ? 2 : 1)
    .join('/')

/** Each import that breaks `rule`, as `importing file → imported file`. */
const violations = (files: readonly SourceFile[], rule: keyof typeof rules) =>
  files.flatMap(({ file, imports }) =>
    imports.filter((imported) => !rules[rule]!(file, imported)).map((imported) => `${file} → ${imported}`),
  )

const paths = ['server', 'client', 'portmone', 'demo', 'test']
  .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,js}`, { cwd: root }))
  .filter((file) => !/(^|\/)(node_modules|dist|generated)\//.test(file))

const sources: SourceFile[] = paths.map((file) => ({
  file,
  imports: [...readFileSync(join(root, file), 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    ([, specifier = '']) => normalize(join(dirname(file), specifier)),
  ),
}))

describe('import directions', () => {
  test.each(Object.keys(rules))('%s', (rule) => {
    expect(violations(sources, rule)).toEqual([])
  })

  test.each([
    [
      'imports between the folders of server/ run one way',
      'server/share-requests/creation.ts',
      'server/watcher/schedule.ts',
    ],
    [
      'imports between the folders of server/ run one way',
      'server/share-requests/creation.ts',
      'server/paths.ts',
    ],
    ['imports between the folders of server/ run one way', 'server/schema/index.ts', 'server/http/server.ts'],
    [
      'production code imports nothing from portmone/sandbox, demo/ or test/',
      'server/main.ts',
      'portmone/sandbox/main.ts',
    ],
    [
      'client/ui and client/verification import nothing from the pages',
      'client/ui/button.tsx',
      'client/verification/index.ts',
    ],
    [
      'client/ui and client/verification import nothing from the pages',
      'client/verification/verification.tsx',
      'client/page/texts.ts',
    ],
    [
      'the client and the server share no code but the registry of error codes',
      'client/page/main.tsx',
      'server/config.ts',
    ],
    [
      'nothing imports the composition root but entry points and tests',
      'server/http/server.ts',
      'server/gateway.ts',
    ],
  ])('the rule "%s" finds %s → %s', (rule, file, imported) => {
    expect(violations([{ file, imports: [imported] }], rule)).toEqual([`${file} → ${imported}`])
  })

  test('are read from every source file', () => {
    const gateway = sources.find(({ file }) => file === 'server/gateway.ts')
    expect(gateway?.imports).toContain('server/store/index.ts')
    expect(sources.length).toBeGreaterThan(300)
  })
})

const maxLines = 300

test(`no source file is longer than ${maxLines} lines`, () => {
  const linesOf = (file: string) => readFileSync(join(root, file), 'utf8').split('\n').length - 1
  expect(paths.filter((file) => linesOf(file) > maxLines)).toEqual([])
})
