import styles from './icon.module.css'

/** The state of something. Never shown by colour alone: each has a shape, and text beside it. */
export type Tone = 'positive' | 'negative' | 'uncertain' | 'ended' | 'busy'

const shapes: Record<Tone, string> = {
  positive: 'M6.5 12.5 10.5 16.5 17.5 8.5',
  negative: 'M8 8 16 16M16 8 8 16',
  uncertain: 'M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1 1-1.1 1.8M12 16.5v.1',
  ended: 'M8 12h8',
  busy: 'M12 7v5l3 2',
}

export function Icon({ tone }: { tone: Tone }) {
  return (
    <svg className={styles.icon} data-tone={tone} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <circle cx="12" cy="12" r="10" />
      <path d={shapes[tone]} />
    </svg>
  )
}
