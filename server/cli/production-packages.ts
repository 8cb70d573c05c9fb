import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A package that `npm ci --omit=dev --workspaces=false` installs. */
export interface ProductionPackage {
  /** Folder in the project, such as node_modules/zod. */
  path: string
  name: string
  version: string
  /** SPDX expression. */
  licence: string
}

interface LockedPackage {
  version?: string
  license?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

export interface Lockfile {
  packages: Record<string, LockedPackage>
}

export const projectFile = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export const readLockfile = (): Lockfile => JSON.parse(readFileSync(projectFile('package-lock.json'), 'utf8'))

/**
 * What the root project depends on, directly or not. The lockfile's own `dev` flags count the workspaces in, which are
 * part of the pages and are not installed in production.
 */
export function productionPackages({ packages }: Lockfile): ProductionPackage[] {
  const found = new Set<string>()
  const visit = (path: string) => {
    const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const installed = resolve(packages, path, name)
      if (installed === undefined || found.has(installed)) continue
      found.add(installed)
      visit(installed)
    }
  }
  visit('')
  return [...found].sort().map((path) => {
    const { version = '', license = 'UNKNOWN' } = packages[path] ?? {}
    return { path, name: path.slice(path.lastIndexOf(folder) + folder.length), version, licence: license }
  })
}

/** The folder that Node loads package `name` from for a module in `path`. */
function resolve(packages: Lockfile['packages'], path: string, name: string): string | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf(`/${folder}`)))) {
    const candidate = `${at === '' ? '' : `${at}/`}${folder}${name}`
    if (candidate in packages) return candidate
    if (at === '') return undefined
  }
}

const folder = 'node_modules/'

/** Licences that let the gateway be used and distributed without conditions on its own code. */
export const allowedLicences = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
]

/** Whether a licence, or each part of a choice such as `(MIT OR GPL-2.0)`, leaves an allowed one to use. */
export function isLicenceAllowed(expression: string): boolean {
  const choices = expression.replace(/^\((.*)\)$/, '$1').split(' OR ')
  return choices.some((licence) => allowedLicences.includes(licence))
}
