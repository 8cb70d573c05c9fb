import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** axe's findings about a page in its current state, one per line: rule, impact, and elements. */
export async function violations(page: Page): Promise<string[]> {
  // The other mode is for frames of other origins, which no page has, and takes three times as long.
  const results = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return results.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${impact}) at ${target}: ${failureSummary}`),
  )
}

/** Whether a page is wider than its window, so that a reader would have to scroll sideways. */
export const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
