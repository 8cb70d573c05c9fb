import { BreakingChangeType, buildSchema, findSchemaChanges, SafeChangeType } from 'graphql'
import * as z from 'zod'

const Declarations = z.array(
  z.strictObject({
    change: z.string('give the change in the words in which it is reported'),
    reason: z.string('say why callers can bear it').trim().min(1, 'say why callers can bear it'),
  }),
)

/** Breaking changes that are meant: each in the words in which it is reported, and why callers can bear it. */
export type Declaration = z.infer<typeof Declarations>[number]

/** The file of declarations can not be used. The message names each fault. */
export class DeclarationsError extends Error {
  override name = 'DeclarationsError'
}

/** Reads the JSON of a file of declarations. Throws a DeclarationsError. */
export function readDeclarations(json: string): Declaration[] {
  let content: unknown
  try {
    content = JSON.parse(json)
  } catch (cause) {
    throw new DeclarationsError((cause as Error).message, { cause })
  }
  const parsed = Declarations.safeParse(content)
  if (parsed.success) return parsed.data
  throw new DeclarationsError(z.prettifyError(parsed.error))
}

/** What has become of a schema. Changes are sentences. */
export interface Comparison {
  /** Breaking, and not declared. */
  breaking: string[]
  declared: Declaration[]
  /** Declarations of what has not changed. */
  stale: Declaration[]
  /** Harmless to callers who have a branch for what they do not know. */
  dangerous: string[]
  safe: string[]
}

export const isCompatible = ({ breaking, stale }: Comparison) => breaking.length === 0 && stale.length === 0

/** Compares two schemas, given as SDL. Throws a GraphQLError where one is no schema. */
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

/** graphql-js counts optional arguments and input fields both as safe and as dangerous: no operation can name them yet. */
function severityOf(type: string): 'breaking' | 'dangerous' | 'safe' {
  if (type in BreakingChangeType) return 'breaking'
  return type in SafeChangeType ? 'safe' : 'dangerous'
}
