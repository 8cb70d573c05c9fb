import { useEffect, useRef } from 'react'
import { approvalOf } from './approval.ts'
import { QrSvg } from './qr-svg.tsx'

/** Props of `<PortmoneQRCode>`. */
export interface PortmoneQRCodeProps {
  /** The code of a data share request, as Portmone gave it to the Partner's backend. */
  code: string
  /** Called once when the customer has approved, with the id of the data share request. */
  onSuccess: (id: string) => void
}

/**
 * Shows a Portmone code as a QR code and follows its status at Portmone until the customer approves it.
 * A code that is not an http(s) URL is shown, but its status cannot be followed.
 */
export function PortmoneQRCode({ code, onSuccess }: PortmoneQRCodeProps) {
  // React 18 has no useEffectEvent.
  const latest = useRef(onSuccess)
  useEffect(() => {
    latest.current = onSuccess
  })
  // Effects run again for the same code under StrictMode and when a hidden tree is shown again.
  const reported = useRef<string>(undefined)

  useEffect(() => {
    if (reported.current === code) return
    reported.current = undefined
    const following = new AbortController()
    approvalOf(code, following.signal).then((id) => {
      if (id === null || following.signal.aborted) return
      reported.current = code
      latest.current(id)
    })
    return () => following.abort()
  }, [code])

  return <QrSvg text={code} label="Portmone QR" />
}
