import { BreakingChangeType, buildSchema, findSchemaChanges, SafeChangeType } from 'graphql'
import * as z from 'zod'

const reasonError = 'must say why this break is acceptable'

const Declarations = z.array(
  z.strictObject({
    change: z.string('must be the change exactly as it is reported'),
    reason: z.string(reasonError).trim().min(1, reasonError),
  }),
)

/** An intended breaking change, exactly as it is reported, and why it is acceptable. */
export type Declaration = z.infer<typeof Declarations>[number]

/** breaking-changes.json cannot be used. The message lists every error. */
export class DeclarationsError extends Error {
  override name = 'DeclarationsError'
}

/** Reads the JSON of a file of declarations. Throws a DeclarationsError. */
export function readDeclarations(json: string): Declaration[] {
  let content: unknown
  try {
    content = JSON.parse(json)
  } catch (cause) {
    throw new DeclarationsError(`breaking-changes.json: ${(cause as Error).message}`, { cause })
  }
  const parsed = Declarations.safeParse(content)
  if (parsed.success) return parsed.data
  throw new DeclarationsError(`breaking-changes.json:\n${z.prettifyError(parsed.error)}`)
}

/** How two schemas differ. Each change is a sentence. */
export interface Comparison {
  /** Breaking and undeclared. */
  breaking: string[]
  declared: Declaration[]
  /** Declared but not found. */
  stale: Declaration[]
  /** Harmless to clients that handle unknown values. */
  dangerous: string[]
  safe: string[]
}

export const isCompatible = ({ breaking, stale }: Comparison) => breaking.length === 0 && stale.length === 0

/** Compares two schemas, given as SDL. Throws a GraphQLError if one is not a valid schema. */
export function compareSchemas(
  released: string,
  current: string,
  declarations: readonly Declaration[],
): Comparison {
  const changes = findSchemaChanges(buildSchema(released), buildSchema(current))
  const all = { breaking: [] as string[], dangerous: [] as string[], safe: [] as string[] }
  for (const { type, description } of changes) all[severityOf(type)].push(description)
  const isDeclared = (change: string) => declarations.some((declaration) => declaration.change === change)
  return {
    ...all,
    breaking: all.breaking.filter((change) => !isDeclared(change)),
    declared: declarations.filter(({ change }) => all.breaking.includes(change)),
    stale: declarations.filter(({ change }) => !all.breaking.includes(change)),
  }
}

/** graphql-js reports new optional arguments and input fields both as safe and as dangerous. They are safe: no operation uses them yet. */
function severityOf(type: string): 'breaking' | 'dangerous' | 'safe' {
  if (type in BreakingChangeType) return 'breaking'
  return type in SafeChangeType ? 'safe' : 'dangerous'
}
