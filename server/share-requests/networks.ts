import { isIPv6 } from 'node:net'

export interface Network {
  /** An address or network, in one spelling, such as `2001:db8:1:2::/64`. */
  name: string
  /** Multiple of one customer's limit. */
  allowance: number
}

/**
 * The networks whose limits apply to a customer's address. For IPv4 that is the address itself. An IPv6 customer has a
 * /64, often a /56 and sometimes a /48, and can choose any address in it. Each of these is limited, the larger ones less
 * strictly, because several customers may share them.
 */
export function networksOf(address: string): readonly Network[] {
  const groups = groupsOf(address)
  if (groups === null) return [{ name: address, allowance: 1 }]
  const v4 = embeddedV4(groups)
  if (v4 !== null) return [{ name: v4, allowance: 1 }]
  const [a = 0, b = 0, c = 0, d = 0] = groups
  const name = (last: number, bits: number) => `${[a, b, c, last].map(hex).join(':')}::/${bits}`
  return [
    { name: name(d, 64), allowance: 1 },
    { name: name(d & 0xff00, 56), allowance: 4 },
    { name: name(0, 48), allowance: 16 },
  ]
}

/** The eight groups of an IPv6 address or /64 network; null for anything else. */
function groupsOf(address: string): number[] | null {
  if (!address.includes(':')) return null
  const bare = address.replace(/%.*$|\/64$/, '')
  if (!isIPv6(bare)) return null
  const hexOnly = bare.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number)
    return `${hex(a * 256 + b)}:${hex(c * 256 + d)}`
  })
  const [head = '', tail] = hexOnly.split('::')
  const parse = (part: string | undefined) =>
    part ? part.split(':').map((group) => Number.parseInt(group, 16)) : []
  const before = parse(head)
  const after = parse(tail)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

/** IPv4-mapped IPv6 addresses count as IPv4, however they are spelled. */
function embeddedV4(groups: number[]): string | null {
  const [high = 0, low = 0] = groups.slice(6)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return isMapped ? [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.') : null
}

const hex = (group: number) => group.toString(16)
