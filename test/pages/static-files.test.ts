import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stage, startStage } from '../support/stage.ts'

const script = 'console.log("hashed")'
const page = '<!doctype html><style>p{}</style><script type="module">1</script>'

let stage: Stage
let dir: string
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'client-'))
  mkdirSync(join(dir, 'assets'))
  mkdirSync(join(dir, 'partner'))
  writeFileSync(join(dir, 'index.html'), page)
  writeFileSync(join(dir, 'index.html.gz'), gzipSync(page))
  writeFileSync(join(dir, 'index.html.br'), brotliCompressSync(page))
  writeFileSync(join(dir, 'partner/index.html'), page)
  writeFileSync(join(dir, 'assets/main-1a2b.js'), script)
  writeFileSync(join(dir, 'favicon.svg'), '<svg/>')
  stage = await startStage({ clientDir: dir })
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true })
})

/** The raw response, neither decompressed nor redirected. */
async function get(path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') {
  const response = await request(stage.gateway.url + path, { method, headers })
  return {
    status: response.statusCode,
    headers: response.headers,
    body: Buffer.from(await response.body.arrayBuffer()),
  }
}

describe('how long browsers may keep a file', () => {
  test.each([
    ['/', 'no-cache'],
    ['/index.html', 'no-cache'],
    ['/partner/', 'no-cache'],
    ['/favicon.svg', 'no-cache'],
    ['/assets/main-1a2b.js', 'public, max-age=31536000, immutable'],
  ])('%s: %s', async (path, expected) => {
    const { status, headers } = await get(path)
    expect([status, headers['cache-control']]).toEqual([200, expected])
    expect((await get(path, {}, 'HEAD')).headers['cache-control']).toBe(expected)
  })

  test.each(['/assets/main-3c4d.js', '/assets/', '/assets', '/nothing', '/assets/main-1a2b.js.map'])(
    'an error is not cached: %s',
    async (path) => {
      const { status, headers } = await get(path)
      expect([status, headers['cache-control']]).toEqual([404, undefined])
    },
  )
})

describe('a file that the browser has', () => {
  test('is not sent again', async () => {
    for (const path of ['/', '/assets/main-1a2b.js']) {
      const { headers } = await get(path)
      const etag = String(headers.etag)
      const date = String(headers['last-modified'])
      for (const condition of [
        { 'if-none-match': etag },
        { 'if-none-match': `"other", ${etag.replace('W/', '')}` },
        { 'if-none-match': '*' },
        { 'if-modified-since': date },
      ]) {
        const again = await get(path, condition)
        expect([again.status, again.body.length]).toEqual([304, 0])
        expect(again.headers.etag).toBe(etag)
        expect(again.headers['cache-control']).toBe(headers['cache-control'])
      }
    }
  })

  test('is sent again if it differs, whatever the date', async () => {
    const { headers } = await get('/')
    const date = String(headers['last-modified'])
    for (const condition of [
      { 'if-none-match': '"other"', 'if-modified-since': date },
      { 'if-modified-since': new Date(0).toUTCString() },
      { 'if-modified-since': 'nonsense' },
    ])
      expect((await get('/', condition)).status).toBe(200)
  })
})

test.each(['foo=', 'foo=0-1', 'bytes=0-3', 'bytes=9-1', 'bytes=', 'nonsense'])(
  'Range: %s is answered with the whole file',
  async (range) => {
    const { status, headers, body } = await get('/assets/main-1a2b.js', { range })
    expect([status, headers['content-range'], body.toString()]).toEqual([200, undefined, script])
  },
)

test.each([
  ['br, gzip', 'br'],
  ['gzip, br;q=0', 'gzip'],
  ['gzip;q=0.5, br;q=0.1', 'gzip'],
  ['GZIP', 'gzip'],
  ['deflate', undefined],
  ['identity', undefined],
  ['', undefined],
])('Accept-Encoding: %s is answered with %s', async (accepted, coding) => {
  const { headers } = await get('/', { 'accept-encoding': accepted })
  expect(headers['content-encoding']).toBe(coding)
  expect(headers.vary).toMatch(/accept-encoding/i)
})

test('redirects a folder to the URL with a slash', async () => {
  const { status, headers } = await get('/partner?lang=uk')
  expect([status, headers.location]).toEqual([302, '/partner/?lang=uk'])
})

test('a page may run its own script and no other', async () => {
  const policy = String((await get('/')).headers['content-security-policy'])
  expect(policy).toContain("script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=';")
  expect(policy).not.toContain('unsafe')
})

test('a build that replaces the files does not change what a running gateway serves', async () => {
  writeFileSync(join(dir, 'favicon.svg'), '<svg>new</svg>')
  expect((await get('/favicon.svg')).body.toString()).toBe('<svg/>')
})
