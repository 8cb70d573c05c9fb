import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { pathOf } from '../support/program.ts'
import { requireTools, run } from './tools.ts'

requireTools({ promtool: 'prometheus', 'docker-compose': 'docker-compose', 'systemd-analyze': 'systemd' })

// Below the repository, so that the compiler finds kubernetes-types.
mkdirSync(pathOf('test-results'), { recursive: true })
const folder = mkdtempSync(pathOf('test-results/deploy-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('promtool accepts the alerts', async () => {
  const rules = pathOf('deploy/prometheus/portmone-gateway.rules.yml')
  expect(await run('promtool', ['check', 'rules', rules])).toMatch(/SUCCESS: \d+ rules found/)
})

test('systemd accepts the unit and rates its hardening as good', async () => {
  const unit = readFileSync(pathOf('deploy/systemd/portmone-gateway.service'), 'utf8')
  const file = join(folder, 'portmone-gateway.service')
  writeFileSync(file, unit.replace('ExecStart=/usr/bin/node ', `ExecStart=${process.execPath} `))
  await run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', file])
  await run('systemd-analyze', ['security', '--no-pager', '--offline=true', '--threshold=20', file])
})

test('Docker Compose accepts compose.yaml with the example settings, and asks for the host name', async () => {
  copyFileSync(pathOf('deploy/compose.yaml'), join(folder, 'compose.yaml'))
  copyFileSync(pathOf('deploy/gateway.env.example'), join(folder, 'gateway.env'))
  const compose = ['-f', join(folder, 'compose.yaml'), 'config']
  const config = await run('docker-compose', compose, { DOMAIN: 'verify.partner.example' })
  expect(config).toContain('PUBLIC_URL: https://verify.partner.example')
  await expect(run('docker-compose', compose)).rejects.toThrow('set it to the public host name')
})

/** Kinds of Kubernetes objects, and the modules of kubernetes-types that declare them. */
const modules: Record<string, string> = {
  'apps/v1': 'apps/v1',
  v1: 'core/v1',
  'policy/v1': 'policy/v1',
  'networking.k8s.io/v1': 'networking/v1',
}

test('the Kubernetes manifests have the fields and types of the API', async () => {
  const text = readFileSync(pathOf('deploy/kubernetes/gateway.yaml'), 'utf8')
  const objects = parseAllDocuments(text, { version: '1.1' }).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS()
  })
  const typed = objects.map(({ apiVersion, kind, ...object }, index) => {
    const type = `import('kubernetes-types/${modules[apiVersion]}.d.ts').${kind}`
    return `export const object${index}: ${type} = ${JSON.stringify({ apiVersion, kind, ...object }, null, 2)}`
  })
  expect(objects.map(({ kind }) => kind)).toContain('Deployment')
  writeFileSync(join(folder, 'objects.ts'), typed.join('\n'))
  const tsconfig = { extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  await run(process.execPath, [pathOf('node_modules/.bin/tsc'), '-p', folder])
})
