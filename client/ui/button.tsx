import type { ReactNode } from 'react'
import styles from './button.module.css'

interface ButtonProps {
  onPress: () => void
  /** Has no effect for now, but stays visible and keeps the focus. */
  inactive?: boolean
  quiet?: boolean
  children: ReactNode
}

export function Button({ onPress, inactive = false, quiet = false, children }: ButtonProps) {
  return (
    <button
      type="button"
      className={quiet ? styles.quiet : styles.button}
      aria-disabled={inactive || undefined}
      onClick={inactive ? undefined : onPress}
    >
      {children}
    </button>
  )
}
