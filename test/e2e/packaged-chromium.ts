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

/** Whether it runs here. */
export const isPackaged = process.platform === 'linux' && process.arch === 'x64'

/** A browser to start, and the environment that it needs. */
export interface Executable {
  path: string
  env: Record<string, string>
}

/**
 * The Chromium of @sparticuz/chromium with the libraries and fonts that it brings along, so that it runs where nothing
 * is installed: on Linux, x64. Unpacked at the first use, which takes seconds. Its own way of unpacking is not used: it
 * shares the system's temporary folder with every version of itself, and a second process would start a half of it.
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

/** `home` is there as a whole or not at all, also where two processes unpack at once. */
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

/** Those fonts alone: pages look the same on every machine. */
const fontConfig = (home: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(home, 'fonts')}</dir>
  <cachedir>${join(home, 'fonts-cache')}</cachedir>
</fontconfig>
`
