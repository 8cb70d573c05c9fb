import type { ReactNode } from 'react'
import styles from '../verification.module.css'

interface ButtonProps {
  onPress: () => void
  /** Shown, but without effect for the moment; it keeps the focus. */
  idle?: boolean
  quiet?: boolean
  children: ReactNode
}

export function Button({ onPress, idle = false, quiet = false, children }: ButtonProps) {
  return (
    <button
      type="button"
      className={quiet ? styles.quiet : styles.button}
      aria-disabled={idle || undefined}
      onClick={idle ? undefined : onPress}
    >
      {children}
    </button>
  )
}
