import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { requireTools } from '../deploy/tools.ts'
import { readQr } from '../e2e/qr.ts'
import { overHttp } from '../support/clients.ts'
import { startFreezingProxy } from '../support/freezing-proxy.ts'
import { create } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { keys, type Tab, Visitor } from './browser.ts'
import { startFirefox } from './firefox.ts'
import { startWebKit } from './webkit.ts'

requireTools({ 'firefox-esr': 'firefox-esr', WebKitWebDriver: 'webkit2gtk-driver', Xvfb: 'xvfb' })

describe.each([
  ['Firefox', startFirefox],
  ['WebKitGTK', startWebKit],
])('in %s', (_, startBrowser) => {
  let stage: Stage
  let tab: Tab
  let visitor: Visitor
  beforeAll(async () => {
    stage = await startStage()
    tab = await startBrowser()
    visitor = new Visitor(tab)
  })
  afterAll(async () => {
    await tab?.[Symbol.asyncDispose]()
    await stage?.[Symbol.asyncDispose]()
  })
  beforeEach(() => tab.goto('about:blank'))

  async function pressVerify(url = stage.gateway.url) {
    await tab.goto(url)
    await visitor.click('input[value="age-over-18"]')
    await visitor.click('button', 'Verify')
  }

  /** The text of the QR code, as soon as it is painted. */
  async function scan(): Promise<string> {
    await visitor.title('Approve in the Portmone app')
    let text = ''
    await expect
      .poll(async () => (text = readQr(await tab.screenshot())), { timeout: 20_000, interval: 200 })
      .not.toBe('')
    return text
  }

  test('an approval leads to the secure page, and the way back begins nothing', async () => {
    await pressVerify()
    stage.sandbox.approve(await scan(), 'adult')
    await visitor.title('You’re verified')
    const creates = stage.sandbox.calls('create').count
    await tab.traverse(-1)
    await visitor.title('Before you start')
    await tab.traverse(-1)
    await visitor.title('What would you like to verify?')
    await tab.traverse(1)
    await visitor.title('Before you start')
    expect(stage.sandbox.calls('create').count).toBe(creates)
    await visitor.click('button', 'Verify')
    stage.sandbox.decline(await scan())
    await visitor.title('You declined')
    expect(stage.sandbox.calls('create').count).toBe(creates + 1)
  })

  test('a reload and a restart of the gateway lose nothing', async () => {
    await pressVerify()
    const code = await scan()
    await tab.reload()
    expect(await scan()).toBe(code)
    await stage.restartGateway()
    stage.sandbox.approve(code, 'adult')
    await visitor.title('You’re verified')
  })

  test('a request without an answer is given up after 30 seconds', async () => {
    await using proxy = await startFreezingProxy(stage.gateway.url)
    await tab.goto(proxy.url)
    await visitor.click('input[value="age-over-18"]')
    proxy.freeze()
    await visitor.click('button', 'Verify')
    await visitor.title('Preparing your code')
    await visitor.title('No connection', 45_000)
  })

  test('the overview follows share requests', async () => {
    await tab.goto(`${stage.gateway.url}/partner`)
    await visitor.click('form input')
    await visitor.type((await stage.partnerKey()) + keys.enter)
    await visitor.title('Share requests')
    const { code } = await create(overHttp(stage.gateway.url), { reference: 'order 5001' })
    await visitor.text('order 5001')
    await visitor.click('a', 'order 5001')
    await visitor.title('kyc-basic')
    stage.sandbox.approve(code, 'adult')
    await visitor.text('Reveal facts')
  })
})

// The window of headless Firefox has no focus, so no focus ring is painted.
test('in WebKitGTK the arrow keys move the focus ring with the choice', async () => {
  await using stage = await startStage()
  await using tab = await startWebKit()
  const visitor = new Visitor(tab)
  await tab.goto(stage.gateway.url)
  await visitor.click('input[value="age-over-18"]')
  const ring = () =>
    tab.evaluate(
      "JSON.stringify([...document.querySelectorAll('input[type=radio]')].map((one) => [one.checked, getComputedStyle(one.parentElement).outlineStyle]))",
    )
  await visitor.type(keys.arrowDown)
  await expect.poll(async () => JSON.parse(await ring())[1]).toEqual([true, 'solid'])
  await visitor.type(keys.arrowUp)
  await expect.poll(async () => JSON.parse(await ring())[0]).toEqual([true, 'solid'])
})
