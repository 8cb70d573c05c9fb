import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'
import { extract } from 'tar-fs'

const pack = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..')
const { version } = JSON.parse(readFileSync(join(pack, 'package.json'), 'utf8'))
const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url))

/** Whether it runs on this machine. */
export const isPackaged = process.platform === 'linux' && process.arch === 'x64'

/** The browser's path and the environment that it needs. */
export interface Executable {
  path: string
  env: Record<string, string>
}

/**
 * The Chromium of @sparticuz/chromium with its own libraries and fonts, so that it runs on any Linux (x64). Unpacked at
 * the first use, which takes seconds. Its own function for that is not used: all versions share one temporary folder,
 * and a second process could start a browser that is half unpacked.
 */
export async function packagedChromium(): Promise<Executable> {
  if (!isPackaged)
    throw new Error(
      'There is no browser for the tests. Install Chrome or Chromium, or set CHROME_PATH to one.',
    )
  const home = join(cache, `chromium-${version}`)
  if (!existsSync(home)) await unpackTo(home)
  return {
    path: join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: join(home, 'lib'), FONTCONFIG_FILE: join(home, 'fonts.conf') },
  }
}

/** `home` exists completely or not at all, also if two processes unpack at once. */
async function unpackTo(home: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(`${home}-`)
  try {
    const binary = createWriteStream(join(folder, 'chromium'), { mode: 0o755 })
    await Promise.all([
      pipeline(packed('chromium.br'), createBrotliDecompress(), binary),
      pipeline(packed('al2023.tar.br'), createBrotliDecompress(), extract(folder)),
      pipeline(packed('fonts.tar.br'), createBrotliDecompress(), extract(folder)),
    ])
    await writeFile(join(folder, 'fonts.conf'), fontConfig(home))
    await rename(folder, home)
  } catch (error) {
    await rm(folder, { recursive: true })
    if (!existsSync(home)) throw error
  }
}

const packed = (file: string) => createReadStream(join(pack, 'bin', file))

/** Only these fonts, so that pages look the same on every machine. */
const fontConfig = (home: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(home, 'fonts')}</dir>
  <cachedir>${join(home, 'fonts-cache')}</cachedir>
</fontconfig>
`
