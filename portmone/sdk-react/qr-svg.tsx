import { correction, generate } from 'lean-qr/nano'
import { useMemo } from 'react'

/** Light modules around the symbol. ISO/IEC 18004 asks for four. */
const quietZone = 4

/** `text` as a QR code that fills its container: dark on white whatever the colour scheme, so that it scans. */
export function QrSvg({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => draw(text), [text])
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      xmlns="http://www.w3.org/2000/svg"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

/** One horizontal bar for each run of dark modules. */
function draw(text: string) {
  const code = generate(text, { minCorrectionLevel: correction.M })
  let path = ''
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) {
      const start = x
      while (code.get(x, y)) x++
      if (x > start) path += `M${start + quietZone} ${y + quietZone}h${x - start}v1H${start + quietZone}z`
    }
  return { size: code.size + 2 * quietZone, path }
}
