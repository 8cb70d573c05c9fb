import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A package that `npm ci --omit=dev` installs. */
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
  dev?: boolean
  devOptional?: boolean
  link?: boolean
}

export interface Lockfile {
  packages: Record<string, LockedPackage>
}

export const projectFile = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export const readLockfile = (): Lockfile => JSON.parse(readFileSync(projectFile('package-lock.json'), 'utf8'))

export function productionPackages({ packages }: Lockfile): ProductionPackage[] {
  return Object.entries(packages)
    .filter(([path, { dev, devOptional, link }]) => isInstalled(path) && !dev && !devOptional && !link)
    .map(([path, { version = '', license = 'UNKNOWN' }]) => ({
      path,
      name: path.slice(path.lastIndexOf(folder) + folder.length),
      version,
      licence: license,
    }))
}

const folder = 'node_modules/'

const isInstalled = (path: string) => path.startsWith(folder)

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
