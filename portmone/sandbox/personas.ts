import type { SharedFacts } from '../wire.ts'

/** A person that the phone can act as. Age facts are derived from the date of birth and the current day. */
export interface Persona {
  label: string
  hint: string
  facts: Omit<SharedFacts, 'ageOver18' | 'ageOver21'>
}

/**
 * The people of the sandbox. Every value except country codes is a canary: if it shows up anywhere but in the facts of
 * a Partner, it has leaked.
 */
export const personas = {
  adult: {
    label: 'An adult',
    hint: 'Every fact is proven.',
    facts: {
      fullName: 'Canary Zirconia Adultova',
      givenName: 'Canary Zirconia',
      familyName: 'Adultova',
      dateOfBirth: '1987-11-19',
      nationality: 'UA',
      address: {
        street: '4711 Canaryzirconia Embankment',
        city: 'Zirconiagrad',
        postalCode: 'ZRC-90417',
        region: 'Zirconian Oblast',
        country: 'UA',
      },
      documentNumber: 'CANARYDOC-ZR-4711001',
      taxNumber: 'CANARYTAX-4711001977',
      email: 'canary.zirconia@adultova.example',
      phone: '+380004711001',
    },
  },
  minor: {
    label: 'A minor',
    hint: 'Every fact is proven. Under 18.',
    facts: {
      fullName: 'Canary Peridot Minorenko',
      givenName: 'Canary Peridot',
      familyName: 'Minorenko',
      dateOfBirth: '2017-03-29',
      nationality: 'PL',
      address: {
        street: '4722 Canaryperidot Crescent',
        city: 'Peridotowo',
        postalCode: 'PRD-80522',
        region: 'Peridotian Voivodeship',
        country: 'PL',
      },
      documentNumber: 'CANARYDOC-PD-4722002',
      taxNumber: 'CANARYTAX-4722002988',
      email: 'canary.peridot@minorenko.example',
      phone: '+480004722002',
    },
  },
  'no-birth-date': {
    label: 'A person with no birth date on record',
    hint: 'Neither date of birth nor age can be proven.',
    facts: {
      fullName: 'Canary Obsidian Undatedsen',
      givenName: 'Canary Obsidian',
      familyName: 'Undatedsen',
      nationality: 'DE',
      address: {
        street: '4733 Canaryobsidian Allee',
        city: 'Obsidianstadt',
        postalCode: 'OBS-70633',
        region: 'Obsidianland',
        country: 'DE',
      },
      documentNumber: 'CANARYDOC-OB-4733003',
      taxNumber: 'CANARYTAX-4733003999',
      email: 'canary.obsidian@undatedsen.example',
      phone: '+490004733003',
    },
  },
  'partial-record': {
    label: 'A person with one name',
    hint: 'Only the year of birth is known. The passport is from Kosovo.',
    facts: {
      fullName: 'Canarytourmaline',
      dateOfBirth: '1974-00-00',
      nationality: 'XKX',
      documentNumber: 'CANARYDOC-TM-4744004',
    },
  },
} as const satisfies Record<string, Persona>

export type PersonaId = keyof typeof personas

export const isPersonaId = (id: unknown): id is PersonaId =>
  typeof id === 'string' && Object.hasOwn(personas, id)
export const personaIds = Object.keys(personas).filter(isPersonaId)

/** Every canary of every persona. Country codes and a year prove nothing. */
export const canaries: readonly string[] = Object.values<Persona>(personas)
  .flatMap(({ facts: { address = {}, ...others } }) => [...Object.values(others), ...Object.values(address)])
  .filter((value) => value !== undefined)
  .filter((value) => value.length > 3 && !value.endsWith('-00-00'))
