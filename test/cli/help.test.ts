import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { pathOf, runProgram } from '../support/program.ts'

vi.setConfig({ testTimeout: 90_000 })

/** Every script of package.json that runs one of the project's programs and passes on its command line. */
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(pathOf('package.json'), 'utf8'),
)
const programs = Object.entries(scripts).flatMap(([script, command]) => {
  const file = / node (\S+\.ts)$/.exec(` ${command}`)?.[1]
  return file === undefined ? [] : [{ script: script === 'start' ? 'npm start' : `npm run ${script}`, file }]
})

test('finds the programs that package.json runs', () => {
  expect(programs.map(({ file }) => file)).toEqual(
    expect.arrayContaining(['demo/main.ts', 'server/main.ts', 'test/bench/main.ts']),
  )
})

describe.each(programs)('$script', ({ script, file }) => {
  test('--help describes the program and its usage without any configuration', async () => {
    const { code, output } = await runProgram(file, {}, '--help')
    expect(output).toMatch(/^[A-Z][^\n]{30,}/)
    expect(output).toMatch(new RegExp(`Usage:\\s+${script.replace('run ', 'run (-s )?')}`))
    expect(code).toBe(0)
  })

  test('rejects an unknown option with exit code 2 and points to --help', async () => {
    const { code, output } = await runProgram(file, {}, '--halp')
    expect(output).toContain('--halp')
    expect(output).toContain('--help')
    expect(output).not.toContain('    at ')
    expect(code).toBe(2)
  })
})
