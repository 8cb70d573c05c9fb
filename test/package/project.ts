import { execFile } from 'node:child_process'
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Makes a project in a temporary folder with one of these and its arguments, and installs `packages` into it. */
const generators = {
  vite: ['create-vite@9', 'app', '--template', 'react-ts', '--no-interactive'],
  next: [
    ...[
      'create-next-app@16',
      'app',
      '--empty',
      '--ts',
      '--app',
      '--no-tailwind',
      '--no-eslint',
      '--no-src-dir',
    ],
    ...['--no-react-compiler', '--use-npm', '--skip-install', '--disable-git', '--yes'],
  ],
}

export async function createProject(generator: keyof typeof generators, packages: readonly string[]) {
  const parent = mkdtempSync(join(tmpdir(), 'fresh-'))
  const folder = join(parent, 'app')
  const { NODE_ENV, ...inherited } = process.env
  const environment = { ...inherited, NEXT_TELEMETRY_DISABLED: '1' }
  const run = async (command: string, args: readonly string[], env: Record<string, string> = {}) => {
    try {
      return await execute(command, args, { cwd: folder, env: { ...environment, ...env } })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error })
    }
  }
  await execute('npx', ['--yes', ...generators[generator]], { cwd: parent, env: environment })
  const install = (...names: string[]) =>
    run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...names])
  await install(...packages)
  return {
    folder,
    environment,
    install,
    run,
    write(file: string, text: string) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    },
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
