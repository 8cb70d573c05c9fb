import { execFile } from 'node:child_process'
import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const execute = promisify(execFile)

/** Writes the tarballs; resolves with their paths. */
export async function packTarballs(): Promise<string[]> {
  await execute('npm', ['run', 'package'], { cwd: root })
  return readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
}

/** A Vite project as `npm create vite` makes it, with the tarballs installed, in a temporary folder. */
export async function createProject(tarballs: readonly string[]) {
  const parent = mkdtempSync(join(tmpdir(), 'fresh-'))
  const folder = join(parent, 'app')
  const run = async (command: string, args: readonly string[], env: Record<string, string> = {}) => {
    const { NODE_ENV, ...inherited } = process.env
    try {
      return await execute(command, args, { cwd: folder, env: { ...inherited, ...env } })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error })
    }
  }
  const create = ['--yes', 'create-vite@9', 'app', '--template', 'react-ts', '--no-interactive']
  await execute('npx', create, { cwd: parent })
  const install = (...packages: string[]) =>
    run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages])
  await install(...tarballs)
  return {
    folder,
    install,
    run,
    write: (file: string, text: string) => writeFileSync(join(folder, file), text),
    read: (file: string) => readFileSync(join(folder, file), 'utf8'),
    remove: () => rmSync(parent, { recursive: true }),
  }
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** Serves a folder, which may be written later. */
export async function serve(folder: () => string) {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://site.test')
    const file = join(folder(), pathname === '/' ? 'index.html' : pathname)
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': contentTypes[extname(file)] ?? 'application/octet-stream' })
    createReadStream(file).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
