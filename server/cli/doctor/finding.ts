/** The gateway runs well, runs with something to think about, or can not run. */
export type Level = 'ok' | 'warning' | 'failure'

/** What one check has found. */
export interface Finding {
  level: Level
  /** What was looked at. */
  check: string
  /** What is so and, where that is not as it should be, how to mend it. There is no secret in it. */
  text: string
}

const finding =
  (level: Level) =>
  (check: string, text: string): Finding => ({ level, check, text })

export const ok = finding('ok')
export const warning = finding('warning')
export const failure = finding('failure')

/** A finding as it is printed: level, check and text in columns. */
export function lineOf({ level, check, text }: Finding): string {
  const head = `${level.padEnd(8)} ${check.padEnd(14)} `
  return head + text.replaceAll('\n', `\n${' '.repeat(head.length)}`)
}
