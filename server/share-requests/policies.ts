import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { canDecideAge, factKinds } from './facts.ts'
import { LocalizedTextInput, localize } from './localized-text.ts'

export const policyAccesses = ['PUBLIC', 'PARTNER'] as const
export type PolicyAccess = (typeof policyAccesses)[number]

/** On which devices a customer may approve: on any, or only on the one that shows the page, without a QR code. */
const policyDevices = ['ANY', 'SAME'] as const
export type PolicyDevices = (typeof policyDevices)[number]

/** An error that names the field, the rule and what was found. */
const must = (field: string, rule: string) => ({
  error: ({ input }: { input?: unknown }) =>
    `${field} must ${rule} (got ${JSON.stringify(input) ?? 'nothing'})`,
})

const nameRule = must(
  'name',
  'consist of at most 64 lower-case letters, digits and single dashes, such as "age-over-18"',
)
const name = z
  .string(nameRule)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, nameRule)
  .max(64, nameRule)
const lifetimeRule = must('lifetime', 'be between 30 and 86400 seconds')
const factKind = z.enum(factKinds, {
  error: (issue) => `unknown fact ${JSON.stringify(issue.input)}; known: ${factKinds.join(', ')}`,
})

/** The current code of a country, as nationalities are compared with it: not `UK` for `GB`. */
const country = z.string().refine(isCountry, {
  error: ({ input }) => `use current ISO 3166-1 alpha-2 codes, such as "GB" (got ${JSON.stringify(input)})`,
})

function isCountry(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code)) return false
  const isCurrent = new Intl.Locale(`und-${code}`).region === code
  return isCurrent && countryNames.of(code) !== undefined
}

const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

const named = { name, label: LocalizedTextInput.optional() }
const unknownFields = (issue: { code?: string; keys?: unknown[] }) =>
  issue.code === 'unrecognized_keys'
    ? `unknown field ${issue.keys?.map((key) => JSON.stringify(key)).join(', ')}`
    : undefined

/** A check passes, fails, or cannot be decided from what was shared. */
const PolicyCheck = z.union(
  [
    z.strictObject({ ...named, ageOver: z.int().min(1).max(150) }, { error: unknownFields }),
    z.strictObject(
      { ...named, nationalityIn: z.array(country).min(1, 'nationalityIn must name at least one country') },
      { error: unknownFields },
    ),
    z.strictObject({ ...named, proven: factKind }, { error: unknownFields }),
  ],
  {
    error:
      'a check needs a name, optionally a label (a text, or one for each language), and exactly one of ageOver (1 to 150 years), nationalityIn (country codes), proven (a fact)',
  },
)

const Policy = z
  .strictObject(
    {
      name,
      access: z.enum(policyAccesses, must('access', `be ${policyAccesses.join(' or ')}`)),
      purpose: LocalizedTextInput,
      facts: z
        .array(factKind, must('facts', 'be a list of facts'))
        .min(1, 'facts must name at least one fact'),
      checks: z
        .array(PolicyCheck, must('checks', 'be a list of checks'))
        .min(1, 'checks must hold at least one check'),
      lifetime: z.int(lifetimeRule).min(30, lifetimeRule).max(86_400, lifetimeRule),
      devices: z.enum(policyDevices, must('devices', `be ${policyDevices.join(' or ')}`)).optional(),
    },
    {
      error: (issue) =>
        unknownFields(issue) ??
        'must be a policy: an object with name, access, purpose, facts, checks and lifetime',
    },
  )
  .superRefine((policy, context) => {
    for (const [index, check] of policy.checks.entries())
      if (!isRequested(policy.facts, check))
        context.addIssue({
          code: 'custom',
          path: ['checks', index],
          message: `check "${check.name}" needs a fact that the policy does not request`,
        })
    for (const [index, check] of policy.checks.entries())
      if (policy.checks.findIndex((other) => other.name === check.name) !== index)
        context.addIssue({
          code: 'custom',
          path: ['checks', index, 'name'],
          message: `duplicate check "${check.name}"`,
        })
    for (const [index, fact] of policy.facts.entries())
      if (policy.facts.indexOf(fact) !== index)
        context.addIssue({
          code: 'custom',
          path: ['facts', index],
          message: `duplicate fact ${fact}`,
        })
  })
  .transform(({ purpose: { text, byLanguage }, ...policy }) => ({
    ...policy,
    /** For callers that name no language, and for Portmone. */
    purpose: text,
    ...(byLanguage && { purposeByLanguage: byLanguage }),
  }))

const Policies = z
  .array(Policy, 'must be a JSON array of policies')
  .min(1, 'must hold at least one policy')
  .superRefine((policies, context) => {
    for (const [index, policy] of policies.entries())
      if (policies.findIndex((other) => other.name === policy.name) !== index)
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `duplicate policy "${policy.name}"`,
        })
  })

export type PolicyCheck = z.infer<typeof PolicyCheck>
/**
 * A named definition of what may be requested. `lifetime` is the seconds until a share request made from it expires. It
 * is stored with each share request, and older versions read it while they share the store: existing fields keep their
 * shape, and new ones are optional.
 */
export type Policy = z.infer<typeof Policy>

export const devicesOf = ({ devices }: Policy): PolicyDevices => devices ?? 'ANY'

/**
 * The purpose as the customer's phone shows it. It begins with the host that shows the page, so that somebody who is
 * shown a relayed code sees whom they would share with: `shop.example: To open an account.`
 */
export const purposeOnPhone = ({ purpose }: Policy, publicHost: string | null) =>
  publicHost === null ? purpose : `${publicHost}: ${purpose}`

/** Why the facts are requested, in the language of a BCP 47 tag if there is a text in it. */
export const purposeIn = ({ purpose, purposeByLanguage }: Policy, language?: string | null) =>
  localize({ text: purpose, byLanguage: purposeByLanguage }, language)

/** The name of the check `name` for customers, in the language of a BCP 47 tag if there is a label in it. */
export function checkLabelIn({ checks }: Policy, name: string, language?: string | null) {
  const label = checks.find((check) => check.name === name)?.label
  return localize(label ?? { text: humanize(name) }, language)
}

/** `name-proven` → `Name proven`. */
const humanize = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')

const isRequested = (facts: readonly z.infer<typeof factKind>[], check: PolicyCheck) =>
  'ageOver' in check
    ? facts.some((kind) => canDecideAge(kind, check.ageOver))
    : facts.includes('nationalityIn' in check ? 'NATIONALITY' : check.proven)

/** The policies file is invalid. The message names every error and its place. */
export class PoliciesFileError extends Error {
  override name = 'PoliciesFileError'
}

/** Reads and checks a policies file: a JSON array of policies. Throws a PoliciesFileError that names every error. */
export function readPolicies(file: string): Policy[] {
  let content: unknown
  try {
    // Drops the byte order mark with which some editors begin a file.
    content = JSON.parse(new TextDecoder().decode(readFileSync(file)))
  } catch (cause) {
    throw new PoliciesFileError(`POLICIES_FILE: ${file}: ${(cause as Error).message}`, {
      cause,
    })
  }
  const parsed = Policies.safeParse(content)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map((issue) => `  ${pathOf(issue.path)}: ${issue.message}`)
  throw new PoliciesFileError(`POLICIES_FILE: ${file} is not a valid policies file:\n${errors.join('\n')}`)
}

const pathOf = (path: readonly PropertyKey[]) =>
  path.map((key) => `[${JSON.stringify(key)}]`).join('') || 'the file'
