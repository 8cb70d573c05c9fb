/** The gateway runs as it should, runs with a probable mistake, or cannot run. */
export type Level = 'ok' | 'warning' | 'failure'

/** The result of one check. */
export interface Finding {
  level: Level
  /** What was checked. */
  check: string
  /** What was found and, if it is wrong, how to fix it. Contains no secret. */
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
