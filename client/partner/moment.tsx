import { momentIn, useTexts } from './locale.ts'

interface MomentProps {
  /** In UTC (RFC 3339), which its title shows. */
  dateTime: string
  className?: string | undefined
}

/** A moment in the reader's time zone. */
export function Moment({ dateTime, className }: MomentProps) {
  const { locale } = useTexts()
  return (
    <time className={className} dateTime={dateTime} title={dateTime}>
      {momentIn(locale, dateTime)}
    </time>
  )
}
