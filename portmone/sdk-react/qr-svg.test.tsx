// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react'
import jsQR from 'jsqr'
import { afterEach, expect, test } from 'vitest'
import { QrSvg } from './qr-svg.tsx'

afterEach(cleanup)

/** Paints the SVG as a phone's camera would see it, `scale` pixels a module, in RGBA. */
function pixels(svg: Element, scale: number) {
  const size = Number(svg.getAttribute('viewBox')?.split(' ')[2])
  const side = size * scale
  const data = new Uint8ClampedArray(side * side * 4).fill(255)
  const bars =
    svg
      .querySelector('path')
      ?.getAttribute('d')
      ?.matchAll(/M(\d+) (\d+)h(\d+)/g) ?? []
  let margin = size
  for (const [, x, y, length] of bars) {
    const [left, top, width] = [Number(x), Number(y), Number(length)]
    margin = Math.min(margin, left, top, size - left - width, size - 1 - top)
    for (let row = top * scale; row < (top + 1) * scale; row++)
      for (let column = left * scale; column < (left + width) * scale; column++)
        data.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3)
  }
  return { data, side, margin }
}

test.each(['http://127.0.0.1:4100/c/abc?x=1', 'короткий код', `https://example.com/${'a'.repeat(900)}`])(
  'a decoder reads the drawn code, which has a quiet zone of four modules: %.40s',
  (text) => {
    render(<QrSvg text={text} label="QR" />)
    const { data, side, margin } = pixels(screen.getByRole('img'), 4)
    expect(margin).toBe(4)
    expect(new TextDecoder().decode(new Uint8Array(jsQR.default(data, side, side)?.binaryData ?? []))).toBe(
      text,
    )
  },
)
