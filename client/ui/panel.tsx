import type { ReactNode } from 'react'
import { Icon, type Tone } from './icon.tsx'
import styles from './panel.module.css'
import { useViewTitle } from './view-title.ts'

interface PanelProps {
  title: string
  tone?: Tone
  /** Buttons, the most likely one first. */
  actions?: ReactNode
  children?: ReactNode
}

/** The frame of every view: a heading that can receive the focus, the content, and the buttons. */
export function Panel({ title, tone, actions, children }: PanelProps) {
  useViewTitle(title)
  return (
    <div className={styles.panel}>
      <h2 tabIndex={-1}>
        {tone && <Icon tone={tone} />}
        {title}
      </h2>
      {children}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}
