import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { newPage } from '../browser.ts'

const widths = [360, 768, 1280] as const
const schemes = ['light', 'dark'] as const

/** Size in CSS pixels, which are the picture's pixels, and colour scheme. */
export interface Look {
  width: (typeof widths)[number]
  scheme: (typeof schemes)[number]
}

export const looks: Look[] = widths.flatMap((width) => schemes.map((scheme) => ({ width, scheme })))

const { resolve } = createRequire(import.meta.url)
const fonts = ['latin', 'cyrillic'].map((script) => ({
  family: `Picture ${script}`,
  base64: readFileSync(
    resolve(`@fontsource-variable/inter/files/inter-${script}-wght-normal.woff2`),
    'base64',
  ),
}))

/** One font for all text, a grey square for the QR code, no host beside it, and a constant countdown. */
const css = `
  *, ::before, ::after { font-family: ${fonts.map(({ family }) => `'${family}'`).join()} !important }
  svg[role='img'] { background: #888 }
  svg[role='img'] > * { visibility: hidden }
  [data-requested] > p, [class*='scan'] > p { visibility: hidden }
  [role='timer'] span { font-size: 0 }
  [role='timer'] span::after { content: '4:59'; font-size: 1.0625rem }
`

/** Texts that differ in each run, and their replacements in the picture. */
const standIns = { time: '24 Nov 2026, 10:00:00 UTC', code: 'a1B2c3D4e5F6g7H8i9J0k1' }

/** A page that always looks the same. The font and styles are added in ways that its Content-Security-Policy allows. */
export async function newSteadyPage(browser: Browser) {
  const visit = await newPage(browser, { reducedMotion: 'reduce', timezoneId: 'UTC' })
  await visit.context.addInitScript(
    (given) => {
      for (const { family, base64 } of given.fonts) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
        document.fonts.add(new FontFace(family, bytes, { weight: '100 900' }))
      }
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(given.css)
      document.adoptedStyleSheets.push(sheet)
    },
    { fonts, css },
  )
  return visit
}

/** The whole page as a PNG, when it no longer changes: a page may grow between measurement and screenshot. */
export async function draw(page: Page, { width, scheme }: Look): Promise<Buffer> {
  await page.setViewportSize({ width, height: 720 })
  await page.emulateMedia({ colorScheme: scheme })
  await page.mouse.move(0, 0)
  await page.evaluate(async (words) => {
    await document.fonts.ready
    for (const [name, text] of Object.entries(words))
      for (const element of document.querySelectorAll(name)) element.textContent = text
  }, standIns)
  const shoot = () => page.screenshot({ fullPage: true, animations: 'disabled', caret: 'hide', scale: 'css' })
  let picture = await shoot()
  for (let attempt = 0; attempt < 10; attempt++) {
    const next = await shoot()
    if (next.equals(picture)) return picture
    picture = next
  }
  throw new Error('The page does not come to rest.')
}
