import { useMemo } from 'react'
import { encode } from 'uqr'

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
  const { data, size } = encode(text, { ecc: 'M', boostEcc: true, border: quietZone })
  let path = ''
  for (const [y, row] of data.entries())
    for (let x = row.indexOf(true); x >= 0; x = row.indexOf(true, x)) {
      const end = row.indexOf(false, x)
      path += `M${x} ${y}h${end - x}v1H${x}z`
      x = end
    }
  return { size, path }
}
