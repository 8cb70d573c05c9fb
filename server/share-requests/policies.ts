import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { factKinds, isAgeFact } from './facts.ts'
import { LocalizedTextInput, localize } from './localized-text.ts'

export const policyAccesses = ['PUBLIC', 'PARTNER'] as const
export type PolicyAccess = (typeof policyAccesses)[number]

const name = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    'use lower-case letters, digits and single dashes, such as "age-over-18"',
  )
  .max(64)
const factKind = z.enum(factKinds, {
  error: (issue) => `unknown fact ${JSON.stringify(issue.input)}; known: ${factKinds.join(', ')}`,
})

const named = { name, label: LocalizedTextInput.optional() }

/** A check passes, fails, or cannot be decided from what was shared. */
const PolicyCheck = z.union(
  [
    z.strictObject({ ...named, ageOver: z.int().min(1).max(150) }),
    z.strictObject({
      ...named,
      nationalityIn: z.array(z.string().regex(/^[A-Z]{2}$/, 'use ISO 3166-1 alpha-2 codes')).min(1),
    }),
    z.strictObject({ ...named, proven: factKind }),
  ],
  {
    error:
      'a check has a name, if you like a label (a text, or one for each language), and exactly one of ageOver (years), nationalityIn (country codes), proven (a fact)',
  },
)

const Policy = z
  .strictObject({
    name,
    access: z.enum(policyAccesses),
    purpose: LocalizedTextInput,
    facts: z.array(factKind).min(1),
    checks: z.array(PolicyCheck).min(1),
    lifetime: z.int().min(30).max(86_400),
  })
  .superRefine((policy, context) => {
    for (const [index, check] of policy.checks.entries())
      if (!isRequested(policy.facts, check))
        context.addIssue({
          code: 'custom',
          path: ['checks', index],
          message: `check "${check.name}" needs a fact that the policy does not ask for`,
        })
    for (const [index, check] of policy.checks.entries())
      if (policy.checks.findIndex((other) => other.name === check.name) !== index)
        context.addIssue({
          code: 'custom',
          path: ['checks', index, 'name'],
          message: `the check "${check.name}" is there twice`,
        })
    for (const [index, fact] of policy.facts.entries())
      if (policy.facts.indexOf(fact) !== index)
        context.addIssue({
          code: 'custom',
          path: ['facts', index],
          message: `the fact ${fact} is there twice`,
        })
  })
  .transform(({ purpose: { text, byLanguage }, ...policy }) => ({
    ...policy,
    /** For whoever names no language, Portmone among them. */
    purpose: text,
    ...(byLanguage && { purposeByLanguage: byLanguage }),
  }))

const Policies = z
  .array(Policy)
  .min(1)
  .superRefine((policies, context) => {
    for (const [index, policy] of policies.entries())
      if (policies.findIndex((other) => other.name === policy.name) !== index)
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `the policy "${policy.name}" is there twice`,
        })
  })

export type PolicyCheck = z.infer<typeof PolicyCheck>
/**
 * A named definition of what may be asked. `lifetime` counts the seconds that a share request made from it lives. It is
 * stored with each share request: older versions read it too while they share the store, so what is there keeps its
 * shape.
 */
export type Policy = z.infer<typeof Policy>

/** Why the facts are asked, in the language of a BCP 47 tag where there is a text in it. */
export const purposeIn = ({ purpose, purposeByLanguage }: Policy, language?: string | null) =>
  localize({ text: purpose, byLanguage: purposeByLanguage }, language)

/** What customers call the check `name`, in the language of a BCP 47 tag where there is a label in it. */
export function checkLabelIn({ checks }: Policy, name: string, language?: string | null) {
  const label = checks.find((check) => check.name === name)?.label
  return localize(label ?? { text: humanize(name) }, language)
}

/** `name-proven` → `Name proven`. */
const humanize = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')

const isRequested = (facts: readonly z.infer<typeof factKind>[], check: PolicyCheck) =>
  'ageOver' in check
    ? facts.some(isAgeFact)
    : facts.includes('nationalityIn' in check ? 'NATIONALITY' : check.proven)

/** The policies file cannot be used; the message names each fault and where it is. */
export class PoliciesFileError extends Error {
  override name = 'PoliciesFileError'
}

/** Reads and checks a policies file: a JSON array of policies. Throws a PoliciesFileError that names every fault. */
export function readPolicies(file: string): Policy[] {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new PoliciesFileError(`POLICIES_FILE: ${file}: ${(cause as Error).message}`, {
      cause,
    })
  }
  const parsed = Policies.safeParse(content)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `  ${pathOf(issue.path)}: ${issue.message}`)
  throw new PoliciesFileError(`POLICIES_FILE: ${file} is no list of policies:\n${faults.join('\n')}`)
}

const pathOf = (path: readonly PropertyKey[]) =>
  path.map((key) => `[${JSON.stringify(key)}]`).join('') || 'the file'
