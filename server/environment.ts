import { readFileSync } from 'node:fs'
import type * as z from 'zod'

/** Environment variables by name. The `meta` of a secret says `secret: true`; it can also be read from a file. */
export type Variables = z.ZodObject<Record<string, z.ZodType>>

/** A variable of the environment. */
export interface Variable {
  name: string
  description: string
  /** Null if there is no default. */
  fallback: string | null
  needed: boolean
  /** Never printed; `<name>_FILE` can name a file that contains it. */
  secret: boolean
}

/** The environment cannot be used. Each of `errors` names a variable and says how to fix it; the message lists all. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly errors: readonly string[]
  constructor(errors: readonly string[], options?: ErrorOptions) {
    const lines = errors.map((error) => `  ${error}`)
    super(`Invalid configuration. Fix these environment variables:\n${lines.join('\n')}`, options)
    this.errors = errors
  }
}

export function listVariables(variables: Variables): Variable[] {
  return Object.entries(variables.shape).map(([name, schema]) => {
    const unset = schema.safeParse(undefined)
    const fallback = unset.success ? formatDefault(unset.data) : ''
    return {
      name,
      description: schema.description ?? '',
      fallback: fallback === '' ? null : fallback,
      needed: !unset.success,
      secret: isSecret(schema),
    }
  })
}

/** The variables for a help text, one per line. */
export function describeVariables(variables: readonly Variable[]): string {
  const width = Math.max(...variables.map(({ name }) => name.length)) + 2
  const lines = variables.map(({ name, description, fallback, needed }) => {
    const otherwise = needed ? ' (required)' : fallback === null ? '' : ` (default ${fallback})`
    return `  ${name.padEnd(width)}${description}${otherwise}`
  })
  return lines.join('\n')
}

/**
 * Reads `variables` from the environment. White space around a value is ignored, and an empty value counts as unset.
 * Throws a ConfigError.
 */
export function readVariables<Schema extends Variables>(
  variables: Schema,
  environment: NodeJS.ProcessEnv,
): z.output<Schema> {
  const { values, errors } = resolveValues(variables, environment)
  const parsed = variables.safeParse(values, { reportInput: true })
  if (parsed.success && errors.length === 0) return parsed.data
  const known = new Set(errors.map(({ name }) => name))
  for (const { path, message, input } of parsed.error?.issues ?? []) {
    const name = String(path[0])
    if (known.has(name)) continue
    known.add(name)
    const schema = variables.shape[name]!
    const value = path.length > 1 ? input : values[name]
    errors.push({
      name,
      text:
        value === undefined
          ? `${name} is required: ${schema.description}`
          : `${name} ${message}${isSecret(schema) ? '' : ` (got ${printable(String(value))})`}`,
    })
  }
  throw new ConfigError([...errors.map(({ text }) => text), ...misspellings(variables, environment)])
}

/** One sentence for each variable that is set and unknown, and that probably means one of `variables`. */
export function misspellings(variables: Variables, environment: NodeJS.ProcessEnv): string[] {
  const known = Object.entries(variables.shape).flatMap(([name, schema]) =>
    isSecret(schema) ? [name, `${name}_FILE`] : [name],
  )
  return Object.keys(environment).flatMap((name) => {
    if (known.includes(name) || proxies.test(name)) return []
    const inFile = name.replace(/_FILE$/, '')
    if (inFile !== name && known.includes(inFile))
      return [`${name} is not read, because ${inFile} is not a secret. Set ${inFile} itself.`]
    const spelled = name.toUpperCase().replaceAll('-', '_')
    const meant = known.find((candidate) => isNearMiss(spelled, candidate))
    return meant === undefined ? [] : [`${name} is not a known variable. Did you mean ${meant}?`]
  })
}

function isNearMiss(spelled: string, name: string): boolean {
  const max = Math.floor(name.length / 5)
  return (
    name.length >= 6 && Math.abs(spelled.length - name.length) <= max && editDistance(spelled, name) <= max
  )
}

/** Read by convention, in either case, by this program or by others. */
const proxies = /^(all|ftp|https?|no)_proxy$/i

interface VariableError {
  name: string
  text: string
}

/** The values that are set, those of secrets also from their files. */
function resolveValues(variables: Variables, environment: NodeJS.ProcessEnv) {
  const values: Record<string, string> = {}
  const errors: VariableError[] = []
  for (const [name, schema] of Object.entries(variables.shape)) {
    const value = environment[name]?.trim()
    const file = isSecret(schema) ? environment[`${name}_FILE`]?.trim() : undefined
    if (value) values[name] = value
    if (!file) continue
    if (value) errors.push({ name, text: `${name} and ${name}_FILE are both set. Remove one of them.` })
    else
      try {
        const content = readFileSync(file, 'utf8').trim()
        if (content) values[name] = content
        else errors.push({ name, text: `${name}_FILE names an empty file: ${file}` })
      } catch (error) {
        errors.push({ name, text: `${name}_FILE cannot be read: ${(error as Error).message}` })
      }
  }
  return { values, errors }
}

const isSecret = (schema: z.ZodType) => (schema as z.ZodType).meta()?.secret === true

function formatDefault(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return value === undefined ? '' : String(value)
}

/** At most 80 characters of a value, without the credentials of a URL. */
function printable(value: string): string {
  const text = value.replace(/\/\/[^/\s]*@/g, '//…@')
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
        swapped ? beforeLast[column - 2]! + 1 : Infinity,
      )
    }
    beforeLast = last
    last = current
  }
  return last[b.length]!
}
