import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { ShiftableClock } from '../../support/clock.ts'
import { startStage } from '../../support/stage.ts'
import { closePages, launchSteadyBrowser } from '../browser.ts'
import { isPackaged } from '../packaged-chromium.ts'
import { advice, clearResults, compare, strays } from './reference.ts'
import { inUkrainian, states } from './states.ts'
import { draw, type Look, looks, newSteadyPage } from './studio.ts'

vi.setConfig({ testTimeout: 90_000 })

/** The pictures of a state: in English with every look, for some in Ukrainian with the most different looks. */
const picturesOf = (state: string) => ({
  english: looks.map((look) => ({ name: nameOf(state, look), look })),
  ukrainian:
    state in inUkrainian
      ? [looks[0]!, looks.at(-1)!].map((look) => ({ name: nameOf(`${state}-uk`, look), look }))
      : [],
})

const nameOf = (state: string, { width, scheme }: Look) => `${state}-${width}-${scheme}`

// Other browsers render differently.
describe.runIf(isPackaged)('each state of the pages', () => {
  let browser: Browser

  beforeAll(async () => {
    clearResults()
    browser = await launchSteadyBrowser()
  })
  afterEach(() => closePages(browser))
  afterAll(() => browser.close())

  test.each(Object.entries(states))('%s looks as it did', async (state, reach) => {
    const clock = new ShiftableClock()
    await using stage = await startStage({ clock })
    const { page } = await newSteadyPage(browser)
    await reach({ page, stage, clock })

    const { english, ukrainian } = picturesOf(state)
    const changes: (string | null)[] = []
    for (const { name, look } of english) changes.push(compare(name, await draw(page, look)))
    await inUkrainian[state]?.(page)
    for (const { name, look } of ukrainian) changes.push(compare(name, await draw(page, look)))
    expect(
      changes.filter((change) => change !== null),
      advice,
    ).toEqual([])
  })
})

test('every reference picture belongs to a state that is drawn', () => {
  const names = Object.keys(states).flatMap((state) => {
    const { english, ukrainian } = picturesOf(state)
    return [...english, ...ukrainian].map(({ name }) => name)
  })
  expect(strays(names), advice).toEqual([])
})
