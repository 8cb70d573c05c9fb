import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin, Rollup } from 'vite'

const compressible = /\.(js|css|html|json|svg|txt)$/
const encodings = {
  br: (content: Buffer) =>
    promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
    }),
  // Memory level 7 makes shorter blocks, which compress our scripts better than the default.
  gz: (content: Buffer) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION, memLevel: 7 }),
}
type Encoding = keyof typeof encodings

/**
 * Writes a `.br` and a `.gz` beside each text file of the build, so that the server compresses nothing at run time,
 * and prints what the first load of each page weighs. The build fails if the JavaScript of one is over
 * `firstLoadLimit` bytes in either encoding.
 */
export function compressed({ firstLoadLimit }: { firstLoadLimit: number }): Plugin {
  let folder = ''
  let bundle: Rollup.OutputBundle = {}
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle(options, written) {
      folder = options.dir ?? ''
      bundle = written
    },
    async closeBundle() {
      const sizes = new Map<string, Record<Encoding, number>>()
      const names = new Set(await readdir(folder, { recursive: true }))
      // An earlier build may have written to the same folder.
      const isNew = (name: string) => name in bundle || !names.has(`${name}.br`)
      for (const name of names)
        if (compressible.test(name) && isNew(name)) sizes.set(name, await compress(join(folder, name)))

      for (const [page, files] of firstLoads(bundle)) {
        const rows = files.map((name) => ({ name, ...(sizes.get(name) ?? { br: 0, gz: 0 }) }))
        const total = (encoding: Encoding) =>
          rows.filter(({ name }) => name.endsWith('.js')).reduce((sum, row) => sum + row[encoding], 0)
        for (const { name, br, gz } of rows) this.info(`${name}: ${kilobytes(br)} br, ${kilobytes(gz)} gzip`)
        const weight = `${page}: JavaScript of the first load: ${kilobytes(total('br'))} br, ${kilobytes(total('gz'))} gzip`
        this.info(`${weight} (limit ${kilobytes(firstLoadLimit)})`)
        if (Math.max(total('br'), total('gz')) > firstLoadLimit)
          this.error(`${weight}. Too much: see what it imports.`)
      }
    },
  }
}

async function compress(file: string): Promise<Record<Encoding, number>> {
  const content = await readFile(file)
  const [br, gz] = await Promise.all([encodings.br(content), encodings.gz(content)])
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)])
  return { br: br.length, gz: gz.length }
}

/** For each page, by the name of its entry, the files that it needs before it shows anything. */
const firstLoads = (bundle: Rollup.OutputBundle) =>
  Object.values(bundle).flatMap((chunk) =>
    chunk.type === 'chunk' && chunk.isEntry ? [[chunk.name, firstLoad(bundle, chunk.fileName)] as const] : [],
  )

/** The entry, what it imports, their styles. */
function firstLoad(bundle: Rollup.OutputBundle, entry: string): string[] {
  const names = new Set<string>()
  const add = (name: string) => {
    const chunk = bundle[name]
    if (names.has(name) || chunk?.type !== 'chunk') return
    names.add(name)
    for (const imported of chunk.imports) add(imported)
    for (const style of chunk.viteMetadata?.importedCss ?? []) names.add(style)
  }
  add(entry)
  return [...names]
}

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`
