import { type FactName, Facts } from '../wire.ts'
import { type PersonaId, personas } from './personas.ts'

/** What goes out: of the facts that were asked, those that can be proven of the persona at `now`. */
export function factsOf(personaId: PersonaId, asked: readonly FactName[], now: number): Facts['facts'] {
  const proven = Object.entries(provenOf(personaId, now))
  return Facts.shape.facts.parse(Object.fromEntries(proven.filter(([name]) => asked.some((a) => a === name))))
}

function provenOf(personaId: PersonaId, now: number): Facts['facts'] {
  const { facts } = personas[personaId]
  if (!('dateOfBirth' in facts)) return facts
  return {
    ...facts,
    ageOver18: hasCompleted(18, facts.dateOfBirth, now),
    ageOver21: hasCompleted(21, facts.dateOfBirth, now),
  }
}

/** Compares calendar days (UTC): who was born on 29 February completes a year on 1 March of a common year. */
function hasCompleted(years: number, dateOfBirth: string, now: number): boolean {
  const birthday = `${Number(dateOfBirth.slice(0, 4)) + years}${dateOfBirth.slice(4)}`
  return birthday <= new Date(now).toISOString().slice(0, 10)
}
