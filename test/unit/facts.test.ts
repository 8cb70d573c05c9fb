import { describe, expect, test } from 'vitest'
import { ageOver, type IdentityFacts } from '../../server/share-requests/facts.ts'
import { outcomeOf } from '../../server/share-requests/outcome.ts'
import type { Policy } from '../../server/share-requests/policies.ts'
import { samplePolicy } from './samples.ts'

const now = Date.UTC(2026, 10, 24, 12)
const facts = (shared: Partial<IdentityFacts>): IdentityFacts => ({ provenAt: now, ...shared })

describe('ageOver', () => {
  test.each<[string, Partial<IdentityFacts>, number, boolean | null]>([
    ['over 18 by its own fact', { ageOver18: true }, 18, true],
    ['over 18 implies over 16', { ageOver18: true }, 16, true],
    ['over 18 does not tell of 21', { ageOver18: true }, 21, null],
    ['over 21 implies over 18', { ageOver21: true }, 18, true],
    ['not over 18 implies not over 21', { ageOver18: false }, 21, false],
    ['not over 18 does not tell of 16', { ageOver18: false }, 16, null],
    [
      'the birth date answers what the fact does not',
      { ageOver18: true, dateOfBirth: '2000-01-01' },
      25,
      true,
    ],
    ['on the 18th birthday', { dateOfBirth: '2008-11-24' }, 18, true],
    ['a day before it', { dateOfBirth: '2008-11-25' }, 18, false],
    ['nothing shared', {}, 18, null],
  ])('%s', (_, shared, years, expected) => {
    expect(ageOver(facts(shared), years, now)).toBe(expected)
  })

  test.each<[string, string, number, boolean | null]>([
    ['a year that is surely old enough', '2007', 18, true],
    ['a year with birthdays before and after today', '2008', 18, null],
    ['a year that is surely too young', '2009', 18, false],
    ['the months before this one', '2008-10', 18, true],
    ['this month', '2008-11', 18, null],
    ['the months after this one', '2008-12', 18, false],
    ['a February of a leap year', '2008-02', 18, true],
    ['a year that has not ended', '2026', 18, false],
  ])('a partial date of birth: %s (%s)', (_, partialDateOfBirth, years, expected) => {
    expect(ageOver(facts({ partialDateOfBirth }), years, now)).toBe(expected)
  })

  test('a partial date of birth changes its answer only once every birthday has passed', () => {
    const born = facts({ partialDateOfBirth: '2008-02' })
    expect(ageOver(born, 18, Date.UTC(2026, 0, 31, 23))).toBe(false)
    expect(ageOver(born, 18, Date.UTC(2026, 1, 1))).toBeNull()
    expect(ageOver(born, 18, Date.UTC(2026, 1, 28, 23))).toBeNull()
    expect(ageOver(born, 18, Date.UTC(2026, 2, 1))).toBe(true)
  })

  test('someone born on 29 February completes a year on 1 March of a common year', () => {
    const born = facts({ dateOfBirth: '2008-02-29' })
    expect(ageOver(born, 18, Date.UTC(2026, 1, 28, 23))).toBe(false)
    expect(ageOver(born, 18, Date.UTC(2026, 2, 1))).toBe(true)
  })
})

describe('outcome', () => {
  test.each<[string, Partial<IdentityFacts>, boolean, string[]]>([
    [
      'all hold',
      { fullName: 'A', dateOfBirth: '1990-01-01', nationality: 'UA' },
      true,
      ['PASSED', 'PASSED', 'PASSED'],
    ],
    [
      'a minor',
      { fullName: 'A', dateOfBirth: '2015-01-01', nationality: 'UA' },
      false,
      ['PASSED', 'FAILED', 'PASSED'],
    ],
    ['no birth date', { fullName: 'A', nationality: 'UA' }, false, ['PASSED', 'UNDECIDABLE', 'PASSED']],
    [
      'elsewhere',
      { fullName: 'A', dateOfBirth: '1990-01-01', nationality: 'FR' },
      false,
      ['PASSED', 'PASSED', 'FAILED'],
    ],
    ['nothing', {}, false, ['UNDECIDABLE', 'UNDECIDABLE', 'UNDECIDABLE']],
  ])('%s', (_, shared, passed, verdicts) => {
    const outcome = outcomeOf(samplePolicy, facts(shared), now)
    expect(outcome.passed).toBe(passed)
    expect(outcome.checks).toEqual(
      ['name-proven', 'adult', 'nationality-served'].map((name, index) => ({
        name,
        verdict: verdicts[index],
      })),
    )
  })

  test('a partial date of birth decides an age check, but does not prove the date of birth', () => {
    const policy: Policy = {
      ...samplePolicy,
      checks: [
        { name: 'adult', ageOver: 18 },
        { name: 'born', proven: 'DATE_OF_BIRTH' },
      ],
    }
    expect(outcomeOf(policy, facts({ partialDateOfBirth: '1990' }), now)).toEqual({
      passed: false,
      checks: [
        { name: 'adult', verdict: 'PASSED' },
        { name: 'born', verdict: 'UNDECIDABLE' },
      ],
    })
  })

  test('it carries no fact', () => {
    const shared = facts({ fullName: 'Canary', dateOfBirth: '1990-01-01', nationality: 'UA' })
    expect(JSON.stringify(outcomeOf(samplePolicy, shared, now))).not.toMatch(/Canary|1990|UA/)
  })
})
