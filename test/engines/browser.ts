import { expect } from 'vitest'

/** One tab of a browser: what both WebDriver protocols can do. */
export interface Tab extends AsyncDisposable {
  goto(url: string): Promise<void>
  /** Moves in the history: -1 is back, 1 forward. */
  traverse(delta: -1 | 1): Promise<void>
  reload(): Promise<void>
  /** Evaluates a JavaScript expression whose value is a string. */
  evaluate(expression: string): Promise<string>
  /** Performs W3C actions, which both protocols have. */
  perform(actions: object[]): Promise<void>
  /** A PNG of what is visible. */
  screenshot(): Promise<Buffer>
}

const waitMs = 20_000

/** A customer's steps in a tab. Each waits for the page. */
export class Visitor {
  readonly tab: Tab

  constructor(tab: Tab) {
    this.tab = tab
  }

  /** Resolves when the page has a heading with this text. */
  async title(text: string, timeout = waitMs): Promise<void> {
    await expect
      .poll(
        () => this.#string(`[...document.querySelectorAll('h1, h2')].map((h) => h.textContent).join('|')`),
        {
          timeout,
          interval: 100,
        },
      )
      .toContain(text)
  }

  /** Resolves when the page shows `text`. */
  async text(text: string): Promise<void> {
    await expect
      .poll(() => this.#string('document.body.innerText'), { timeout: waitMs, interval: 100 })
      .toContain(text)
  }

  /** Clicks in the middle of the first element that matches `selector` and whose text starts with `text`. */
  async click(selector: string, text = ''): Promise<void> {
    const find = `[...document.querySelectorAll(${JSON.stringify(selector)})].find((one) => one.textContent.trim().startsWith(${JSON.stringify(text)}))`
    await expect
      .poll(() => this.#string(`String(${find} !== undefined)`), { timeout: waitMs, interval: 100 })
      .toBe('true')
    const box = await this.tab.evaluate(
      `(() => { const one = ${find}; one.scrollIntoView({ block: 'center', behavior: 'instant' });` +
        ' const { x, y, width, height } = one.getBoundingClientRect();' +
        ' return JSON.stringify({ x: Math.round(x + width / 2), y: Math.round(y + height / 2) }) })()',
    )
    await this.tab.perform([
      {
        ...{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' } },
        actions: [
          { type: 'pointerMove', duration: 0, ...JSON.parse(box) },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ],
      },
    ])
  }

  async type(keys: string): Promise<void> {
    const actions = [...keys].flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ])
    await this.tab.perform([{ type: 'key', id: 'keyboard', actions }])
  }

  /** Evaluation fails while a page is being replaced, so it is retried. */
  #string(expression: string): Promise<string> {
    return this.tab.evaluate(expression).catch(() => '')
  }
}

/** WebDriver's codes for keys without a character. */
export const keys = { arrowDown: '\uE015', arrowUp: '\uE013', enter: '\uE007' }
