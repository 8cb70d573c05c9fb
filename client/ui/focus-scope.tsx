import { type ReactNode, type RefObject, useRef } from 'react'
import { useFocusFallback } from './use-focus-fallback.ts'

interface FocusScopeProps {
  className?: string | undefined
  /** Gets the focus when the scope disappears with the focus inside it. */
  fallback: RefObject<HTMLElement | null>
  children: ReactNode
}

/** Controls that may disappear while one of them has the focus. */
export function FocusScope({ className, fallback, children }: FocusScopeProps) {
  const element = useRef<HTMLDivElement>(null)
  useFocusFallback(element, fallback)
  return (
    <div ref={element} className={className}>
      {children}
    </div>
  )
}
