import jsqr from 'jsqr'
import type { Locator, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { expect } from 'vitest'

/** The text of the QR code on a screenshot (PNG). Throws if there is no readable one. */
export function readQr(screenshot: Buffer): string {
  const { data, width, height } = PNG.sync.read(screenshot)
  const found = jsqr.default(new Uint8ClampedArray(data), width, height, { inversionAttempts: 'dontInvert' })
  if (found === null) throw new Error('There is no readable QR code on the screenshot.')
  return found.data
}

/** The text of the QR code on a page or element, as soon as it is readable: a busy browser paints it late. */
export async function scanQr(target: Page | Locator): Promise<string> {
  let text = ''
  await expect
    .poll(async () => (text = readQr(await target.screenshot())), { timeout: 20_000, interval: 100 })
    .not.toBe('')
  return text
}
