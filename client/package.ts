import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { browsers } from './browsers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const maxKilobytes = 34

/** Builds and packs the verification and the stand-in of Portmone's SDK into `packages/`. Neither is published. */
function pack(): void {
  const folder = join(root, 'packages')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const workspace of ['portmone/sdk-react', 'client/verification']) {
    rmSync(join(root, workspace, 'dist'), { recursive: true, force: true })
    npm('run', '--silent', 'build', '--workspace', workspace)
    npm('pack', '--silent', '--workspace', workspace, '--pack-destination', folder)
  }
}

// Another NODE_ENV would make it a development build.
const env = { ...process.env, NODE_ENV: 'production' }

const npm = (...args: string[]) => execFileSync('npm', args, { cwd: root, env, stdio: 'inherit' })

/** What an application loads to show a `<Verification>` in English: all JavaScript except React, minified, gzipped. */
async function kilobytes(): Promise<number> {
  const entry = 'virtual:entry'
  const built = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `export * from '@portmone-gateway/verification'` : null),
      },
    ],
    build: {
      write: false,
      target: browsers,
      minify: true,
      rolldownOptions: { input: entry, external: /^react(-dom)?($|\/)/, preserveEntrySignatures: 'strict' },
    },
  })
  const { output } = Array.isArray(built) ? built[0]! : (built as Extract<typeof built, { output: unknown }>)
  const first = output.filter((file) => file.type === 'chunk' && !file.isDynamicEntry)
  return first.reduce((sum, file) => sum + gzipSync('code' in file ? file.code : '').length, 0) / 1024
}

const help = `Builds and packs the verification and the stand-in of Portmone's SDK as tarballs in packages/. Neither is published.

Usage: npm run package`

async function run(): Promise<void> {
  pack()
  const size = await kilobytes()
  console.info(`The verification without React: ${size.toFixed(1)} KB gzip (limit ${maxKilobytes} KB).`)
  if (size <= maxKilobytes) return
  console.error('Too much: see what it imports.')
  process.exitCode = 1
}

/** @returns null for a command line that is not understood, after saying so. */
function asksForHelp(): boolean | null {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h' } } }).values.help ?? false
  } catch (error) {
    console.error(`${(error as Error).message}\nTry --help.`)
    process.exitCode = 2
    return null
  }
}

const wantsHelp = asksForHelp()
if (wantsHelp) console.log(help)
else if (wantsHelp === false) await run()
