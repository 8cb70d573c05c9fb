import * as z from 'zod/mini'
import * as wire from '../../portmone/wire.ts'
import {
  type FactKind,
  factDefinitions,
  factKinds,
  type IdentityFacts,
  type PostalAddress,
} from '../share-requests/facts.ts'
import { countryOf } from './countries.ts'
import type { UpstreamMonitor } from './monitor.ts'

/** How Portmone names each kind of fact. */
export const factNames = {
  FULL_NAME: 'fullName',
  GIVEN_NAME: 'givenName',
  FAMILY_NAME: 'familyName',
  DATE_OF_BIRTH: 'dateOfBirth',
  AGE_OVER_18: 'ageOver18',
  AGE_OVER_21: 'ageOver21',
  NATIONALITY: 'nationality',
  ADDRESS: 'address',
  DOCUMENT_NUMBER: 'documentNumber',
  TAX_NUMBER: 'taxNumber',
  EMAIL: 'email',
  PHONE: 'phone',
} as const satisfies Record<FactKind, wire.FactName>

/** Reads answers to the facts call; what cannot be used in them is reported. */
export function createFactsReader(
  now: () => number,
  monitor: Pick<UpstreamMonitor, 'unusableFacts'>,
): (answer: wire.Facts) => IdentityFacts {
  return (answer) => {
    const unusable: string[] = []
    const facts = readFacts(answer, now(), (name) => unusable.push(name))
    if (unusable.length > 0) monitor.unusableFacts(unusable)
    return facts
  }
}

/**
 * The facts of an answer, each judged by itself: one that cannot be used is absent. `onUnusable` is called with its name
 * on the wire, never with the value.
 */
export function readFacts(
  { facts, provenAt }: wire.Facts,
  now: number,
  onUnusable: (name: string) => void,
): IdentityFacts {
  const usable: IdentityFacts = { provenAt: Date.parse(provenAt) }
  for (const kind of factKinds) {
    const name = factNames[kind]
    if (isMissing(facts[name])) continue
    const fact = readFact(kind, facts[name], now, onUnusable)
    if (fact === null) onUnusable(name)
    else Object.assign(usable, fact)
  }
  return usable
}

/** Registries fill what does not apply, such as the given name of someone with one name, with blanks or dashes. */
const isMissing = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'string' && !/[\p{L}\p{N}]/u.test(value))

/** The part of IdentityFacts that a value amounts to; null if it cannot be used. */
function readFact(
  kind: FactKind,
  value: unknown,
  now: number,
  onUnusable: (name: string) => void,
): Partial<IdentityFacts> | null {
  if (kind === 'ADDRESS') return readAddress(value, onUnusable)
  const parsed = wire.factValues[factNames[kind]].safeParse(value)
  if (!parsed.success) return null
  const { field, type } = factDefinitions[kind]
  if (kind === 'DATE_OF_BIRTH') return readDateOfBirth(String(parsed.data), now)
  const usable = type === 'country' ? countryOf(String(parsed.data)) : parsed.data
  return usable === undefined ? null : { [field]: usable }
}

/** Each part of an address is judged by itself, too. */
function readAddress(value: unknown, onUnusable: (name: string) => void): Partial<IdentityFacts> | null {
  const parsed = AddressRecord.safeParse(value)
  if (!parsed.success) return null
  const address: PostalAddress = {}
  for (const [part, shape] of Object.entries(wire.addressParts)) {
    if (isMissing(parsed.data[part])) continue
    const text = shape.safeParse(parsed.data[part]).data
    const usable = part === 'country' && text !== undefined ? countryOf(text) : text
    if (usable === undefined) onUnusable(`address.${part}`)
    else Object.assign(address, { [part]: usable })
  }
  return Object.keys(address).length === 0 ? {} : { address }
}

const AddressRecord = z.record(z.string(), z.unknown())

/** Of 1990-05-00 the year and the month are known, of 1990-00-00 and 1990-XX-07 the year. */
function readDateOfBirth(text: string, now: number): Partial<IdentityFacts> | null {
  const [year = '', month = '00', day = '00'] = text.replaceAll('X', '0').split('-')
  const hasMonth = month !== '00'
  const hasDay = hasMonth && day !== '00'
  const earliest = `${year}-${hasMonth ? month : '01'}-${hasDay ? day : '01'}`
  if (!CalendarDay.safeParse(earliest).success) return null
  if (Number(year) < wire.earliestBirthYear || earliest > lastCalendarDay(now)) return null
  if (hasDay) return { dateOfBirth: earliest }
  return { partialDateOfBirth: hasMonth ? `${year}-${month}` : year }
}

const CalendarDay = z.iso.date()

/** The calendar day where the day begins first, at UTC+14. */
const lastCalendarDay = (now: number) => new Date(now + 14 * 3_600_000).toISOString().slice(0, 10)
