import { parseArgs } from 'node:util'

export const parts = ['verification', 'sockets', 'stream', 'http', 'store', 'start', 'watcher'] as const
export type Part = (typeof parts)[number]
/** The parts that measure every contestant, for one table. */
export const comparedParts: readonly Part[] = ['sockets', 'http', 'store', 'start']

export interface Options {
  parts: readonly Part[]
  rounds: number
  sockets: number
  followed: number
  singles: number
  consumers: number
  creates: number
  reads: number
  connections: number
  verifications: number
  customers: number
  starts: number
  pending: number
  minutes: number
  /** Folder of another checkout whose gateway the part `verification` measures, too. */
  against: string | null
  /** File to write the tables to, as Markdown. */
  markdown: string | null
}

/** Defaults and maxima, so that every run is bounded. */
const numbers = {
  rounds: { default: 3, most: 20, help: 'rounds; each measures every contestant once, one after another' },
  sockets: { default: 10_000, most: 25_000, help: 'WebSockets, each with one subscription' },
  followed: { default: 10, most: 1_000, help: 'share requests that those sockets follow' },
  singles: { default: 200, most: 5_000, help: 'further sockets that follow a share request each' },
  consumers: { default: 10, most: 100, help: 'consumers of all changes in the part stream' },
  creates: { default: 1_000, most: 100_000, help: 'createShareRequest over HTTP, per round' },
  reads: { default: 10_000, most: 1_000_000, help: 'shareRequest over HTTP, per round' },
  connections: { default: 16, most: 256, help: 'HTTP connections, each with one request at a time' },
  verifications: { default: 500, most: 20_000, help: 'whole verifications of each contestant, per round' },
  customers: { default: 32, most: 500, help: 'customers at once in the part verification' },
  starts: { default: 5, most: 100, help: 'starts of each contestant' },
  pending: { default: 100_000, most: 1_000_000, help: 'pending share requests of the simulated watcher' },
  minutes: { default: 10, most: 120, help: 'minutes of the simulation, after as many as it takes to settle' },
} as const satisfies Record<string, { default: number; most: number; help: string }>

type NumberName = keyof typeof numbers
const numberNames = Object.keys(numbers) as NumberName[]

export const help = `Measures the gateway beside plain Yoga by its documentation's recipe and the limit of the platform, on this
machine and over its loopback interface only. Servers and load run in separate processes.

Usage: npm run bench -- [options]
       npm run bench:watcher      the simulation of the status watcher alone

  --parts ${'<list>'.padEnd(15)} which of ${parts.join(', ')}; comma-separated (default all)
${numberNames
  .map((name) => {
    const { default: value, most, help } = numbers[name]
    return `  --${`${name} <number>`.padEnd(21)} ${help} (default ${value}, at most ${most})`
  })
  .join('\n')}
  --against <folder>      another checkout, whose gateway takes part in the part verification
  --quick                 a small run of everything, to see that it works; its numbers say little
  --markdown <file>       writes the tables there as well
  --help`

const quick = {
  rounds: 1,
  sockets: 100,
  followed: 2,
  singles: 5,
  consumers: 2,
  creates: 20,
  reads: 100,
  connections: 4,
  verifications: 8,
  customers: 4,
  starts: 1,
  pending: 500,
  minutes: 1,
}

/** The command line is invalid; the message says why. */
export class OptionsError extends Error {
  override name = 'OptionsError'
}

/** @returns null if help is requested. Throws an OptionsError. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parse(args)
  if (values.help === true) return null
  const numberOf = (name: NumberName) => {
    const { default: usual, most } = numbers[name]
    const given = values[name]
    const value = given === undefined ? (values.quick === true ? quick[name] : usual) : Number(given)
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new OptionsError(`--${name}: give a whole number from 1 to ${most}, not ${given}.`)
    return value
  }
  const asked = typeof values.parts === 'string' ? values.parts.split(',') : [...parts]
  const chosen = parts.filter((part) => asked.includes(part))
  const unknown = asked.filter((name) => !parts.some((part) => part === name))
  if (unknown.length > 0)
    throw new OptionsError(`--parts: there is no ${unknown.join(', ')}. There are ${parts.join(', ')}.`)
  const against = typeof values.against === 'string' ? values.against : null
  const markdown = typeof values.markdown === 'string' ? values.markdown : null
  return {
    parts: chosen,
    against,
    markdown,
    rounds: numberOf('rounds'),
    sockets: numberOf('sockets'),
    followed: numberOf('followed'),
    singles: numberOf('singles'),
    consumers: numberOf('consumers'),
    creates: numberOf('creates'),
    reads: numberOf('reads'),
    connections: numberOf('connections'),
    verifications: numberOf('verifications'),
    customers: numberOf('customers'),
    starts: numberOf('starts'),
    pending: numberOf('pending'),
    minutes: numberOf('minutes'),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        parts: text,
        against: text,
        markdown: text,
        quick: flag,
        help: flag,
        ...(Object.fromEntries(numberNames.map((name) => [name, text])) as Record<NumberName, typeof text>),
      },
    })
  } catch (error) {
    throw new OptionsError(`${(error as Error).message}\n\n${help}`)
  }
}
