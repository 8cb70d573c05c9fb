import { html } from 'hono/html'
import { type FactName, statuses } from '../wire.ts'
import { factsOf } from './facts.ts'
import { personaIds, personas } from './personas.ts'
import type { Answer, SandboxShareRequest } from './share-requests.ts'

export interface View {
  /** The Partner's name. */
  partner: string
  request: SandboxShareRequest
  now: number
}

type Html = ReturnType<typeof html>

const factLabels: Record<FactName, string> = {
  fullName: 'Your full name',
  givenName: 'Your given name',
  familyName: 'Your family name',
  dateOfBirth: 'Your date of birth',
  ageOver18: 'Whether you’re 18 or older',
  ageOver21: 'Whether you’re 21 or older',
  nationality: 'Your nationality',
  address: 'Your postal address',
  documentNumber: 'Your document number',
  taxNumber: 'Your tax number',
  email: 'Your email address',
  phone: 'Your phone number',
}

export const consent = ({ partner, request, now }: View, mistake?: string) =>
  page(
    `${partner} asks you to share`,
    html`
      <h1><span class="partner">${partner}</span> asks you to share</h1>
      ${factList(request.facts)}
      <section>
        <h2>Why they need it</h2>
        <p class="purpose">${request.purpose}</p>
      </section>
      <form method="post">
        <fieldset>
          <legend>Who are you?</legend>
          <p class="hint">In the sandbox, choose who you are.</p>
          ${personaIds.map(
            (id, index) => html`
              <label class="persona">
                <input type="radio" name="persona" value="${id}" required ${index === 0 ? 'checked' : ''} />
                <span><strong>${personas[id].label}</strong><br />${personas[id].hint}</span>
              </label>`,
          )}
        </fieldset>
        ${mistake === undefined ? '' : html`<p class="mistake" role="alert">${mistake}</p>`}
        <div class="answers">
          <button class="approve" name="answer" value="approve">Approve and share</button>
          <button class="decline" name="answer" value="decline" formnovalidate>Decline</button>
        </div>
        <p class="hint">Nothing is shared until you approve.<br />${timeLeft(request.expiresAt - now)}</p>
      </form>`,
  )

/** @param again whether the customer has just tried to answer again */
export const answered = (view: View, answer: Answer, again: boolean) =>
  answer.status === statuses.approved ? approved(view, answer, again) : declined(view, again)

function approved({ partner, request }: View, answer: Answer & { status: 'APPROVED' }, again: boolean) {
  const proven = factsOf(answer.persona, request.facts, answer.at)
  const shared = request.facts.filter((name) => name in proven)
  const missing = request.facts.filter((name) => !(name in proven))
  return page(
    `Shared with ${partner}`,
    html`
      ${mark('done')}
      <h1>${again ? 'You’ve already approved this' : shared.length === 0 ? 'You approved' : html`Shared with <span class="partner">${partner}</span>`}</h1>
      ${shared.length === 0 ? html`<p>Nothing that was requested could be proven, so nothing was shared.</p>` : factList(shared)}
      ${missing.length === 0 ? '' : html`<section><h2>Couldn’t be proven</h2>${factList(missing)}</section>`}
      <p class="next">Go back to the page that showed the code. It continues by itself.</p>`,
  )
}

const declined = ({ partner }: View, again: boolean) =>
  page(
    'Declined',
    html`
      ${mark('none')}
      <h1>${again ? 'You’ve already declined this' : 'You declined'}</h1>
      <p>Nothing was shared with <span class="partner">${partner}</span>.</p>
      <p class="next">If that was a mistake, go back to the page that showed the code and start again.</p>`,
  )

export const expired = ({ partner }: View) =>
  page(
    'Code expired',
    html`
      ${mark('none')}
      <h1>This code has expired</h1>
      <p>You ran out of time to answer. Nothing was shared with <span class="partner">${partner}</span>.</p>
      <p class="next">Go back to the page that showed it and start again to get a new code.</p>`,
  )

export const unknownCode = () =>
  page(
    'Unknown code',
    html`
      ${mark('none')}
      <h1>We don’t know this code</h1>
      <p>Part of it may be missing.</p>
      <p class="next">Go back to the page that showed it and scan it again.</p>`,
  )

export const home = () =>
  page(
    'Your phone',
    html`
      <h1>This is your phone</h1>
      <p>Scan a code, or open it in this browser, to see who requests what and why. Then approve or decline.</p>`,
  )

const factList = (facts: readonly FactName[]) =>
  html`<ul class="facts">${facts.map((name) => html`<li>${factLabels[name]}</li>`)}</ul>`

/** @param left milliseconds */
function timeLeft(left: number) {
  const minutes = Math.ceil(left / 60_000)
  return minutes <= 1 ? 'Less than a minute left.' : `About ${minutes} minutes left.`
}

const marks = { done: 'M6 12.5l4 4 8-9', none: 'M7 12h10' }
const mark = (kind: keyof typeof marks) =>
  html`<svg class="mark ${kind}" viewBox="0 0 24 24" aria-hidden="true"><path d="${marks[kind]}" /></svg>`

const page = (title: string, content: Html) => html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${title} · Portmone sandbox</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/phone.css" />
    </head>
    <body>
      <header><strong>Portmone</strong> <span class="badge">Sandbox: no real people</span></header>
      <main>${content}</main>
    </body>
  </html>`
