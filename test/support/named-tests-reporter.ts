import { relative } from 'node:path'
import type { Reporter, TestModule, Vitest } from 'vitest/node'
import { type NamedTest, namedTests } from './security-document.ts'

/** Matches the titles that `name` gives once `test.each` has filled in its placeholders. */
const titles = (name: string) =>
  new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%s|\\\$[\w.]+/g, '.*')}$`, 's')

/**
 * The tests that the security document names and that did not pass, of the files in `passed`: the titles of the passed
 * tests by file. A skipped test proves nothing, and so counts as not passed.
 */
export function namedWithoutPass(passed: ReadonlyMap<string, string[]>): NamedTest[] {
  return namedTests.filter(({ file, name }) => {
    const names = passed.get(file)
    return names !== undefined && !names.some((title) => titles(name).test(title))
  })
}

/** The titles of the tests that passed, and of the suites of which every test did. */
function passedTitles(children: TestModule['children']): string[] {
  const tests = Array.from(children.allTests('passed'))
  const suites = Array.from(children.allSuites()).filter((suite) =>
    Array.from(suite.children.allTests()).every((test) => test.result().state === 'passed'),
  )
  return [...tests, ...suites].map(({ name }) => name)
}

/** Fails a run in which a test that the security document names was skipped. */
export class NamedTestsReporter implements Reporter {
  #vitest!: Vitest

  onInit(vitest: Vitest) {
    this.#vitest = vitest
  }

  onTestRunEnd(modules: readonly TestModule[]) {
    const { config, logger } = this.#vitest
    if (config.testNamePattern !== undefined) return
    const passed = new Map(
      modules.map(({ moduleId, children }) => [relative(config.root, moduleId), passedTitles(children)]),
    )
    for (const { file, name } of namedWithoutPass(passed)) {
      logger.error(`docs/security.md relies on a test that did not pass: ${file} › "${name}"`)
      process.exitCode = 1
    }
  }
}
