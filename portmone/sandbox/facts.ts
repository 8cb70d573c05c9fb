import { type FactName, SharedFacts } from '../wire.ts'
import { type PersonaId, personas } from './personas.ts'

/** Of the requested facts, those that can be proven of the persona at `now`. */
export function factsOf(personaId: PersonaId, requested: readonly FactName[], now: number): SharedFacts {
  const proven = Object.entries(provenOf(personaId, now))
  return SharedFacts.parse(Object.fromEntries(proven.filter(([name]) => requested.some((r) => r === name))))
}

function provenOf(personaId: PersonaId, now: number): SharedFacts {
  const { facts } = personas[personaId]
  if (!('dateOfBirth' in facts)) return facts
  return {
    ...facts,
    ageOver18: hasCompleted(18, facts.dateOfBirth, now),
    ageOver21: hasCompleted(21, facts.dateOfBirth, now),
  }
}

/** Compares calendar days (UTC): someone born on 29 February completes a year on 1 March of a common year. */
function hasCompleted(years: number, dateOfBirth: string, now: number): boolean {
  const birthday = `${Number(dateOfBirth.slice(0, 4)) + years}${dateOfBirth.slice(4)}`
  return birthday <= new Date(now).toISOString().slice(0, 10)
}
