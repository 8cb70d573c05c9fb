import bcd, { type CompatStatement, type Identifier, type SupportStatement } from '@mdn/browser-compat-data'
import { parse } from 'acorn'
import { parseSync, Visitor } from 'vite'
import { browsers } from '../browsers.ts'

/** The names that MDN's data has for the browsers. */
const names: Record<string, string> = { ios: 'safari_ios' }
const targets = browsers.map((browser) => {
  const [, name = '', version = ''] = /^([a-z]+)([\d.]+)$/.exec(browser) ?? []
  return { name: names[name] ?? name, version: Number(version) }
})

/** Throws a SyntaxError if a script has syntax newer than ES2024, which all supported browsers have. */
export const parseAsSupported = (code: string) => parse(code, { ecmaVersion: 2024, sourceType: 'module' })

function isSupported({ support }: CompatStatement): boolean {
  return targets.every(({ name, version }) => {
    const statements = [support[name as keyof typeof support]].flat() as (SupportStatement & object)[]
    return statements.some((statement) => {
      const {
        version_added: added,
        version_removed,
        flags,
        prefix,
      } = statement as {
        version_added?: string | false
        version_removed?: string | false
        flags?: unknown
        prefix?: string
      }
      if (typeof added !== 'string' || flags || prefix || version_removed) return false
      return Number.parseFloat(added.replace('≤', '')) <= version
    })
  })
}

const interfaces = new Map(
  Object.entries<Identifier>({ ...bcd.api, ...bcd.javascript.builtins }).filter(
    ([name]) => !name.startsWith('__'),
  ),
)

/** Methods of JavaScript's own objects by name: whether any object has a supported method of that name. */
const methods = new Map<string, boolean>()
for (const members of Object.values(bcd.javascript.builtins ?? {}))
  for (const [name, member] of Object.entries(members ?? {})) {
    const compat = compatOf(member as Identifier)
    if (compat) methods.set(name, methods.get(name) || isSupported(compat))
  }

/** Objects that every page has, by the interface that describes them. */
const globals: Record<string, string> = {
  crypto: 'Crypto',
  document: 'Document',
  history: 'History',
  location: 'Location',
  navigator: 'Navigator',
  performance: 'Performance',
  window: 'Window',
}

function compatOf(identifier: Identifier | undefined): CompatStatement | undefined {
  return identifier?.__compat
}

function isMissing(identifier: Identifier | undefined): boolean {
  const compat = compatOf(identifier)
  return compat !== undefined && !isSupported(compat)
}

/**
 * What a script uses of the browser's API, guarded or not, that a supported browser lacks: global names, members of
 * global objects, static members, and methods of JavaScript's own objects. Methods of other objects of the DOM cannot be
 * told from a script's own.
 */
export function unsupported(code: string): string[] {
  const found = new Set<string>()
  const propertyNames = new Set<number>()
  const nameOf = (property: { type: string; name?: unknown }) =>
    property.type === 'Identifier' ? String(property.name) : ''
  new Visitor({
    MemberExpression({ object, property, computed }) {
      if (!computed) propertyNames.add(property.start)
      if (computed || object.type !== 'Identifier') return
      const name = nameOf(property)
      const known = interfaces.get(globals[object.name] ?? object.name)
      if (isMissing(known?.[`${name}_static`] ?? known?.[name])) found.add(`${object.name}.${name}`)
    },
    CallExpression({ callee }) {
      if (callee.type !== 'MemberExpression' || callee.computed) return
      const name = nameOf(callee.property)
      const isStatic = callee.object.type === 'Identifier' && interfaces.has(callee.object.name)
      if (!isStatic && methods.get(name) === false) found.add(`.${name}()`)
    },
    Property({ key, computed }) {
      if (!computed) propertyNames.add(key.start)
    },
    Identifier({ name, start }) {
      if (
        name.length > 2 &&
        !propertyNames.has(start) &&
        (isMissing(interfaces.get(name)) || isMissing(bcd.api.Window?.[name]))
      )
        found.add(name)
    },
  }).visit(parseSync('script.js', code).program)
  return [...found].sort()
}
