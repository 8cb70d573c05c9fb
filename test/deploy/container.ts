import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathOf } from '../support/program.ts'
import { requireTools, run } from './tools.ts'

/** An image's settings for running it. */
export interface ImageConfig {
  User: string
  WorkingDir: string
  Env: string[]
  Cmd: string[]
  StopSignal: string
  Volumes: Record<string, object>
  Healthcheck: { Test: string[] }
}

/** An image built from deploy/Dockerfile, mounted read-only as a root file system. */
export interface BuiltImage {
  config: ImageConfig
  root: string
  remove(): Promise<void>
}

const baseImage = 'localhost/node:24-bookworm-slim'

/** Builds deploy/Dockerfile with buildah. Everything, including the base image's stand-in, stays in `folder`. */
export async function buildImage(folder: string): Promise<BuiltImage> {
  requireTools({ buildah: 'buildah', debootstrap: 'debootstrap' })
  if (process.getuid?.() !== 0) throw new Error('Building the image needs root, for debootstrap and chroot.')
  const buildah = (...args: string[]) =>
    run('buildah', ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run'), ...args], {
      STORAGE_DRIVER: 'vfs',
      BUILDAH_ISOLATION: 'chroot',
    })

  await commitBaseImage(buildah)
  await buildah(
    ...['build', '--pull-never', '--format', 'docker', '--tag', 'portmone-gateway'],
    ...(await npmSettings(folder)),
    ...['--file', pathOf('deploy/Dockerfile'), pathOf('.')],
  )
  const { Docker } = JSON.parse(await buildah('inspect', '--type', 'image', 'portmone-gateway'))
  const container = await buildah('from', '--pull-never', 'portmone-gateway')
  const mounted = await buildah('mount', container)
  const root = join(folder, 'root')
  mkdirSync(root)
  await run('mount', ['--bind', mounted, root])
  await run('mount', ['-o', 'remount,bind,ro', root])
  return {
    config: Docker.config,
    root,
    async remove() {
      await run('umount', ['--recursive', root])
      await buildah('umount', container)
    },
  }
}

/** Debian with this process's Node and npm, under the name of the Dockerfile's base image. */
async function commitBaseImage(buildah: (...args: string[]) => Promise<string>): Promise<void> {
  const base = await buildah('from', 'scratch')
  const debian = await buildah('mount', base)
  await run('debootstrap', ['--variant=minbase', 'bookworm', debian])
  const npm = join((await run('npm', ['root', '--global'])).trim(), 'npm')
  await run('cp', [process.execPath, join(debian, 'usr/local/bin/node')])
  mkdirSync(join(debian, 'usr/local/lib/node_modules'), { recursive: true })
  await run('cp', ['-r', npm, join(debian, 'usr/local/lib/node_modules/npm')])
  for (const tool of ['npm', 'npx'])
    await run('ln', ['-s', `../lib/node_modules/npm/bin/${tool}-cli.js`, join(debian, 'usr/local/bin', tool)])
  await buildah('config', '--env', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', base)
  await buildah('commit', '--quiet', '--rm', base, baseImage)
}

/** npm inside the build uses the registry, certificates and cache of the npm outside. */
async function npmSettings(folder: string): Promise<string[]> {
  const setting = (name: string) => run('npm', ['config', 'get', name])
  const [registry, cafile, cache] = await Promise.all(['registry', 'cafile', 'cache'].map(setting))
  const hasFile = cafile !== 'null' && cafile !== ''
  const file = join(folder, 'npmrc')
  writeFileSync(file, `registry=${registry}\n${hasFile ? 'cafile=/etc/npm-ca.pem\n' : ''}`)
  return [
    ...['--volume', `${file}:/root/.npmrc:ro`, '--volume', `${cache}:/root/.npm`],
    ...(hasFile ? ['--volume', `${cafile}:/etc/npm-ca.pem:ro`] : []),
  ]
}
