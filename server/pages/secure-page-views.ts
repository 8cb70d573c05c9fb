import { html, raw } from 'hono/html'
import { checkLabelIn } from '../share-requests/policies.ts'
import type { ApprovedShareRequest } from '../share-requests/share-request.ts'
import { hashSource } from './content-security-policy.ts'

const css = `
:root { color-scheme: light dark; --ink: light-dark(#17202b, #e8edf3); --muted: light-dark(#52606f, #9fb0c2);
  --paper: light-dark(#f5f7f9, #10161d); --card: light-dark(#fff, #18212b); --line: light-dark(#dde3ea, #2a3643);
  --good: light-dark(#0b6b3a, #6fd49d); }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper);
  color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif }
main { width: min(28rem, 100%); background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 2rem }
.brand { margin: 0 0 1.5rem; color: var(--muted) }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance }
ul { list-style: none; margin: 1.25rem 0; padding: 0; border-top: 1px solid var(--line) }
li { display: flex; justify-content: space-between; gap: 1rem; padding: .625rem 0; border-bottom: 1px solid var(--line) }
li b { color: var(--good); font-weight: 600 }
p, li { text-wrap: pretty }
p { margin: 0 0 .75rem }
.muted { color: var(--muted) }
a { color: inherit }
`

export const securePageStyleHash = hashSource(css)

const texts = {
  en: {
    granted: 'Verified',
    grantedTitle: 'You are verified',
    grantedText: 'This page is for customers who have been verified. This is what was checked:',
    passed: 'passed',
    notKept: 'What you shared was looked at and not kept here.',
    refused: 'Not verified',
    refusedTitle: 'This page needs a verification',
    refusedText: 'You have not been verified in this browser, or it was a while ago.',
    start: 'Start the verification',
    expired: 'Verification expired',
    expiredTitle: 'Your verification has expired',
    expiredText: 'For your security, this page is open only for a few minutes after you are verified.',
    startAgain: 'Verify again',
  },
  uk: {
    granted: 'Підтверджено',
    grantedTitle: 'Вас підтверджено',
    grantedText: 'Ця сторінка – для клієнтів, які пройшли перевірку. Ось що ми перевірили:',
    passed: 'пройдено',
    notKept: 'Дані, якими ви поділилися, переглянуто й тут не збережено.',
    refused: 'Не підтверджено',
    refusedTitle: 'Для цієї сторінки потрібна перевірка',
    refusedText: 'У цьому браузері ви не проходили перевірки, або це було давно.',
    start: 'Почати перевірку',
    expired: 'Термін дії перевірки минув',
    expiredTitle: 'Термін дії вашої перевірки минув',
    expiredText: 'Задля вашої безпеки ця сторінка відкрита лише кілька хвилин після перевірки.',
    startAgain: 'Пройти перевірку ще раз',
  },
}

export type SecurePageLanguage = keyof typeof texts
/** The languages that the pages speak; the first is for those who ask for none of them. */
export const securePageLanguages = ['en', 'uk'] as const satisfies SecurePageLanguage[]

const page = (
  language: SecurePageLanguage,
  title: string,
  brandName: string,
  content: ReturnType<typeof html>,
) => html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${brandName}</title>
<style>${raw(css)}</style>
</head>
<body><main><p class="brand">${brandName}</p>${content}</main></body>
</html>`

/** What was checked, and nothing else. */
export function verifiedPage(
  language: SecurePageLanguage,
  brandName: string,
  { policy, outcome }: ApprovedShareRequest,
) {
  const text = texts[language]
  const labels = outcome.checks.map(({ name }) => checkLabelIn(policy, name, language))
  return page(
    language,
    text.granted,
    brandName,
    html`<h1>${text.grantedTitle}</h1>
<p>${text.grantedText}</p>
<ul>${labels.map((label) => html`<li>${label} <b>${text.passed}</b></li>`)}</ul>
<p class="muted">${text.notKept}</p>`,
  )
}

/** `start` is where a verification begins. */
export function notVerifiedPage(language: SecurePageLanguage, brandName: string, start: string) {
  const text = texts[language]
  return page(
    language,
    text.refused,
    brandName,
    html`<h1>${text.refusedTitle}</h1>
<p>${text.refusedText}</p>
<p><a href="${start}">${text.start}</a></p>`,
  )
}

/** `start` is where a verification begins. */
export function expiredPage(language: SecurePageLanguage, brandName: string, start: string) {
  const text = texts[language]
  return page(
    language,
    text.expired,
    brandName,
    html`<h1>${text.expiredTitle}</h1>
<p>${text.expiredText}</p>
<p><a href="${start}">${text.startAgain}</a></p>`,
  )
}
