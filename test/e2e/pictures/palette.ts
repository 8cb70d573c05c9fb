import { crc32, deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'

/** Maximum number of colours of a PNG with a palette. */
const mostColours = 256

/**
 * The picture in few colours: each rare colour, which smooths the edges of letters, is replaced by a similar, more
 * frequent one. Equal pictures stay equal.
 */
export function inFewColours({ width, height, data }: PNG): PNG {
  const picture = new PNG({ width, height })
  const pixels = pixelsOf(data)
  const counts = new Map<number, number>()
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1)
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([pixel]) => pixel)
  let tolerance = 0
  let replaced = replacements(byCount, tolerance)
  while (new Set(replaced.values()).size > mostColours) replaced = replacements(byCount, ++tolerance)
  const kept = pixels.map((pixel) => replaced.get(pixel) ?? pixel)
  picture.data = Buffer.from(kept.buffer)
  return picture
}

/** For each colour, the first one that differs by at most `tolerance` in every channel; possibly itself. */
function replacements(byCount: readonly number[], tolerance: number): Map<number, number> {
  const kept: number[] = []
  const replaced = new Map<number, number>()
  for (const pixel of byCount) {
    const near = kept.find((other) => isNear(pixel, other, tolerance))
    replaced.set(pixel, near ?? pixel)
    if (near === undefined) kept.push(pixel)
  }
  return replaced
}

const isNear = (one: number, other: number, tolerance: number) =>
  [0, 8, 16].every((shift) => Math.abs(((one >> shift) & 255) - ((other >> shift) & 255)) <= tolerance)

/** A PNG with a palette: half the size of what pngjs writes, which has no palettes. */
export function encode({ width, height, data }: PNG): Buffer {
  const pixels = pixelsOf(data)
  const palette = [...new Set(pixels)]
  const indexes = new Map(palette.map((pixel, index) => [pixel, index]))
  const rows = Buffer.alloc(height * (1 + width))
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      rows[row * (1 + width) + 1 + column] = indexes.get(pixels[row * width + column] ?? 0) ?? 0

  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((pixel) => [pixel, pixel >> 8, pixel >> 16]))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Red in the lowest byte, then green, blue and alpha. */
const pixelsOf = (data: Buffer) => new Uint32Array(Uint8Array.from(data).buffer)

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(content.length, 0)
  whole.set(body, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}
