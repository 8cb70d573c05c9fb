import { html } from 'hono/html'
import { type FactName, statuses } from '../wire.ts'
import { factsOf } from './facts.ts'
import { personaIds, personas } from './personas.ts'
import type { Answer, ShareRequest } from './share-requests.ts'

export interface View {
  /** The Partner's name. */
  partner: string
  request: ShareRequest
  now: number
}

type Html = ReturnType<typeof html>

const words: Record<FactName, string> = {
  fullName: 'Your full name',
  givenName: 'Your given name',
  familyName: 'Your family name',
  dateOfBirth: 'Your birth date',
  ageOver18: 'Whether you are 18 or older',
  ageOver21: 'Whether you are 21 or older',
  nationality: 'Your nationality',
  address: 'Your postal address',
  documentNumber: 'The number of your identity document',
  taxNumber: 'Your tax number',
  email: 'Your e-mail address',
  phone: 'Your phone number',
}

export const consent = ({ partner, request, now }: View, mistake?: string) =>
  page(
    `${partner} asks you to share`,
    html`
      <h1><span class="partner">${partner}</span> asks you to share</h1>
      ${factList(request.facts)}
      <section>
        <h2>Why they ask</h2>
        <p class="purpose">${request.purpose}</p>
      </section>
      <form method="post">
        <fieldset>
          <legend>Who are you?</legend>
          <p class="hint">In the sandbox you can be anyone of these.</p>
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

/** @param again whether the customer has just tried to answer a second time */
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
      <h1>${again ? 'You have approved this already' : html`Shared with <span class="partner">${partner}</span>`}</h1>
      ${shared.length === 0 ? html`<p>None of what was asked could be proven, so no fact was shared.</p>` : factList(shared)}
      ${missing.length === 0 ? '' : html`<section><h2>Could not be proven</h2>${factList(missing)}</section>`}
      <p class="next">Go back to the page where you found the code. It goes on by itself.</p>`,
  )
}

const declined = ({ partner }: View, again: boolean) =>
  page(
    'Declined',
    html`
      ${mark('none')}
      <h1>${again ? 'You have declined this already' : 'You declined'}</h1>
      <p>Nothing was shared with <span class="partner">${partner}</span>.</p>
      <p class="next">If that was a mistake, go back to the page where you found the code and start again.</p>`,
  )

export const expired = ({ partner }: View) =>
  page(
    'Too late',
    html`
      ${mark('none')}
      <h1>This code has ended</h1>
      <p>Its time ran out before you answered. Nothing was shared with <span class="partner">${partner}</span>.</p>
      <p class="next">Go back to the page where you found it and start again: you get a new code.</p>`,
  )

export const unknownCode = () =>
  page(
    'Unknown code',
    html`
      ${mark('none')}
      <h1>We do not know this code</h1>
      <p>It may have been copied only in part.</p>
      <p class="next">Go back to the page where you found it and scan it again.</p>`,
  )

export const home = () =>
  page(
    'Your phone',
    html`
      <h1>This is your phone</h1>
      <p>Scan a code, or open it in this browser. You then see here who asks for what and why, and approve or decline.</p>`,
  )

const factList = (facts: readonly FactName[]) =>
  html`<ul class="facts">${facts.map((name) => html`<li>${words[name]}</li>`)}</ul>`

/** @param left in milliseconds */
function timeLeft(left: number) {
  const minutes = Math.ceil(left / 60_000)
  return minutes <= 1 ? 'Less than a minute is left.' : `About ${minutes} minutes are left.`
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
      <header><strong>Portmone</strong> <span class="badge">Sandbox: nobody here is real</span></header>
      <main>${content}</main>
    </body>
  </html>`
