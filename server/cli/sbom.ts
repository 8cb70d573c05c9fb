import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asksForHelp, exitWithError } from './cli-args.ts'
import { productionPackages, projectFile, readLockfile } from './production-packages.ts'

const help = `Prints the software bill of materials of the production dependencies as CycloneDX JSON.

Usage: npm run -s sbom > sbom.json

Reads package.json and package-lock.json only. Needs npm.`

try {
  if (asksForHelp()) console.log(help)
  else process.stdout.write(sbom())
} catch (error) {
  exitWithError(error)
}

/**
 * `npm sbom --omit=dev` leaves out production packages that development packages need, too. So it gets a manifest and a
 * lockfile without any development package.
 */
function sbom(): string {
  const manifest = JSON.parse(readFileSync(projectFile('package.json'), 'utf8'))
  const lockfile = readLockfile()
  const { '': root, ...packages } = lockfile.packages
  const isProduction = new Set(productionPackages(lockfile).map(({ path }) => path))
  const kept = Object.entries(packages).filter(([path]) => isProduction.has(path))
  const folder = mkdtempSync(join(tmpdir(), 'sbom-'))
  try {
    // npm takes the name of the product from the folder.
    const project = join(folder, manifest.name)
    mkdirSync(project)
    const write = (file: string, content: object) =>
      writeFileSync(join(project, file), JSON.stringify(content))
    const withoutDev = { devDependencies: {}, workspaces: [] }
    write('package.json', { ...manifest, ...withoutDev })
    write('package-lock.json', {
      ...lockfile,
      packages: { '': { ...root, ...withoutDev }, ...Object.fromEntries(kept) },
    })
    const command = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']
    return execFileSync('npm', command, { cwd: project, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
