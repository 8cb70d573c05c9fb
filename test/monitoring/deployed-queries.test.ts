import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createLog } from '../../server/monitoring/log.ts'
import { createMonitoring } from '../../server/monitoring/metrics.ts'
import { pathOf } from '../support/program.ts'

const files = globSync('deploy/{prometheus,grafana}/*', { cwd: pathOf('') })

/** Every `name{labels}` of the gateway's own metrics and of those of Node and the process. */
const selector = /\b((?:portmone|process|nodejs)_[a-z\d_]+)\b(?:\{([^}]*)\})?/g

interface Selector {
  name: string
  labels: string[]
}

function selectorsOf(file: string): Selector[] {
  const text = readFileSync(pathOf(file), 'utf8').replaceAll('\\"', '"')
  return [...text.matchAll(selector)].map(([, name = '', labels = '']) => ({
    name,
    labels: [...labels.matchAll(/(\w+)\s*[!=]/g)].map(([, label = '']) => label),
  }))
}

/** Labels by the names under which /metrics prints samples. */
async function sampleLabels(): Promise<Map<string, readonly string[]>> {
  const { registry, watch } = createMonitoring(createLog('silent'))
  watch({ subscribers: () => 0, sockets: () => 0, pending: async () => new Map() })
  await registry.metrics()
  const labels = new Map<string, readonly string[]>()
  for (const metric of registry.getMetricsAsArray()) {
    const names = 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : []
    const suffixes = String(metric.type) === 'histogram' ? ['_bucket', '_count', '_sum'] : ['']
    for (const suffix of suffixes) labels.set(metric.name + suffix, names)
  }
  return labels
}

/** Labels that Prometheus adds to every sample. */
const targetLabels = ['job', 'instance']

test.each(files)('%s names only metrics and labels that /metrics has', async (file) => {
  const known = await sampleLabels()
  const selectors = selectorsOf(file)
  expect(selectors.length).toBeGreaterThan(10)
  for (const { name, labels } of selectors) {
    expect([...known.keys()], file).toContain(name)
    for (const label of labels)
      expect([...known.get(name)!, ...targetLabels], `${name} in ${file}`).toContain(label)
  }
})

test('rules and dashboard together use every metric of the gateway', async () => {
  const used = new Set(
    files
      .filter((file) => file.startsWith('deploy/'))
      .flatMap(selectorsOf)
      .map(({ name }) => name),
  )
  const own = [...(await sampleLabels()).keys()].filter((name) => name.startsWith('portmone_'))
  const families = [...new Set(own.map((name) => name.replace(/_(bucket|count|sum)$/, '')))]
  const unused = families.filter((family) => ![...used].some((name) => name.startsWith(family)))
  expect(unused).toEqual([])
})

test('docs/operations.md says what to do about every alert', () => {
  const rules = readFileSync(pathOf('deploy/prometheus/portmone-gateway.rules.yml'), 'utf8')
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, alert = '']) => alert)
  expect(alerts.length).toBeGreaterThan(10)
  const documentation = readFileSync(pathOf('docs/operations.md'), 'utf8')
  expect(alerts.filter((alert) => !documentation.includes(`\`${alert}\``))).toEqual([])
})

test('docs/operations.md names only metrics that exist', async () => {
  const families = [...(await sampleLabels()).keys()].map((name) => name.replace(/_(bucket|count|sum)$/, ''))
  const named = selectorsOf('docs/operations.md').map(({ name }) => name)
  expect(named).not.toEqual([])
  expect(named.filter((name) => !families.includes(name))).toEqual([])
})
