/** A table as text for a terminal and as Markdown: first column left-aligned, others right-aligned. */
export interface Table {
  title: string
  columns: readonly string[]
  rows: readonly (readonly string[])[]
  /** Prose under the table. */
  notes?: readonly string[]
}

export function asText({ title, columns, rows, notes = [] }: Table): string {
  const widths = columns.map((column, index) =>
    Math.max(...[column, ...rows.map((row) => row[index] ?? '')].map(({ length }) => length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!)))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width))
  return [
    title,
    '',
    line(columns),
    line(rule),
    ...rows.map(line),
    ...notes.map((note) => `\n${note}`),
    '',
  ].join('\n')
}

export function asMarkdown({ title, columns, rows, notes = [] }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = columns.map((_, index) => (index === 0 ? '---' : '---:'))
  return [
    `## ${title}`,
    '',
    line(columns),
    line(rule),
    ...rows.map(line),
    ...notes.map((note) => `\n${note}`),
    '',
  ].join('\n')
}
