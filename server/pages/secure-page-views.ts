import { html, raw } from 'hono/html'
import { checkLabelIn } from '../share-requests/policies.ts'
import type { ApprovedShareRequest } from '../share-requests/share-request.ts'
import { hashSource } from './content-security-policy.ts'
import { type Language, textsIn } from './languages.ts'

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

const page = (
  language: Language,
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

/** The checks and their verdicts, without facts. */
export function verifiedPage(
  language: Language,
  brandName: string,
  { policy, outcome }: ApprovedShareRequest,
) {
  const text = textsIn(language)
  const labels = outcome.checks.map(({ name }) => checkLabelIn(policy, name, language))
  return page(
    language,
    text.verified,
    brandName,
    html`<h1>${text.verifiedTitle}</h1>
<p>${text.verifiedText}</p>
<ul>${labels.map((label) => html`<li>${label} <b>${text.passed}</b></li>`)}</ul>
<p class="muted">${text.notKept}</p>`,
  )
}

/** @param start URL of the page where a verification begins. */
export function notVerifiedPage(language: Language, brandName: string, start: string) {
  const text = textsIn(language)
  return page(
    language,
    text.notVerified,
    brandName,
    html`<h1>${text.notVerifiedTitle}</h1>
<p>${text.notVerifiedText}</p>
<p><a href="${start}">${text.start}</a></p>`,
  )
}

/** @param start URL of the page where a verification begins. */
export function expiredPage(language: Language, brandName: string, start: string) {
  const text = textsIn(language)
  return page(
    language,
    text.expired,
    brandName,
    html`<h1>${text.expiredTitle}</h1>
<p>${text.expiredText}</p>
<p><a href="${start}">${text.startAgain}</a></p>`,
  )
}

/** Starting again would not help: the operator must allow the origin. */
export function originNotAllowedPage(language: Language, brandName: string) {
  const text = textsIn(language)
  return page(
    language,
    text.originNotAllowed,
    brandName,
    html`<h1>${text.originNotAllowedTitle}</h1>
<p>${text.originNotAllowedText}</p>`,
  )
}
