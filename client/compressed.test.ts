import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { compressed } from './compressed.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'compressed-'))
  writeFileSync(join(root, 'index.html'), '<script type="module" src="./main.js"></script>')
  writeFileSync(
    join(root, 'main.js'),
    `import './main.css'; document.title = '${'long '.repeat(500)}'; import('./later.js')`,
  )
  writeFileSync(join(root, 'later.js'), `document.body.title = '${'longer '.repeat(900)}'`)
  writeFileSync(join(root, 'main.css'), 'body { color: red }')
})

afterEach(() => rmSync(root, { recursive: true }))

async function run(firstLoadLimit: number, input = ['index.html'], emptyOutDir = true) {
  const said: string[] = []
  const say = (message: string) => void said.push(message)
  const logger = {
    info: say,
    warn: say,
    warnOnce: say,
    error: say,
    clearScreen() {},
    hasErrorLogged: () => false,
    hasWarned: false,
  }
  await build({
    root,
    configFile: false,
    customLogger: logger,
    plugins: [compressed({ firstLoadLimit })],
    build: { emptyOutDir, rollupOptions: { input: input.map((name) => join(root, name)) } },
  })
  return said.join('\n')
}

test('each text file of the build stands there in both encodings too, and the first load is weighed', async () => {
  const said = await run(100_000)
  const assets = join(root, 'dist/assets')
  const plain = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name))
  expect(plain).toHaveLength(3)
  for (const file of [...plain.map((name) => join(assets, name)), join(root, 'dist/index.html')]) {
    const content = readFileSync(file)
    expect(brotliDecompressSync(readFileSync(`${file}.br`))).toEqual(content)
    expect(gunzipSync(readFileSync(`${file}.gz`))).toEqual(content)
  }
  expect(said).toMatch(/JavaScript of the first load: [\d.]+ KB br, [\d.]+ KB gzip \(limit 97\.7 KB\)/)
  expect(said).toMatch(/index-\S+\.css: /)
  expect(said).not.toMatch(/later-\S+\.js: [\d.]+ KB br/)
})

test('too heavy a first load fails the build', async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  await expect(run(100)).rejects.toThrow(/JavaScript of the first load: .* Too much/)
})

test('each page is weighed by itself, what they share with each of them', async () => {
  writeFileSync(join(root, 'second.html'), '<script type="module" src="./second.js"></script>')
  writeFileSync(join(root, 'second.js'), `import { shared } from './shared.js'; document.title = shared`)
  writeFileSync(join(root, 'shared.js'), `export const shared = '${'shared '.repeat(300)}' + Math.random()`)
  writeFileSync(join(root, 'main.js'), `import { shared } from './shared.js'; document.body.title = shared`)
  const said = await run(100_000, ['index.html', 'second.html'])
  expect(said).toMatch(/index: JavaScript of the first load: /)
  expect(said).toMatch(/second: JavaScript of the first load: /)
  expect(said.match(/shared-\S+\.js: [\d.]+ KB br/g)).toHaveLength(2)
})

test('builds into one folder: each is weighed alone, what it wrote over is compressed anew', async () => {
  await run(100_000)
  writeFileSync(join(root, 'second.html'), '<script type="module" src="./second.js"></script>')
  writeFileSync(join(root, 'second.js'), `document.title = '${'other '.repeat(500)}'`)
  const said = await run(100_000, ['second.html'], false)
  expect(said).toMatch(/second: JavaScript of the first load: /)
  expect(said).not.toMatch(/index: JavaScript of the first load: /)

  writeFileSync(join(root, 'main.js'), `document.title = '${'longer still '.repeat(500)}'`)
  await run(100_000, ['index.html'], false)
  for (const page of ['index.html', 'second.html'].map((name) => join(root, 'dist', name)))
    expect(brotliDecompressSync(readFileSync(`${page}.br`))).toEqual(readFileSync(page))
})
