import jsqr from 'jsqr'
import { PNG } from 'pngjs'

/** What the QR code on a screenshot (PNG) says. Throws if there is none that a scanner could read. */
export function readQr(screenshot: Buffer): string {
  const { data, width, height } = PNG.sync.read(screenshot)
  const found = jsqr.default(new Uint8ClampedArray(data), width, height, { inversionAttempts: 'dontInvert' })
  if (found === null) throw new Error('There is no readable QR code on the screenshot.')
  return found.data
}
