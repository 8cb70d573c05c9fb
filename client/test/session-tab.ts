import { expect, vi } from 'vitest'
import { createShareRequestSession, type ShareRequestSession } from '../verification/share-request-session.ts'
import { FakeGateway } from './fake-gateway.ts'
import { created, event, pending, shareRequest } from './samples.ts'

/** The sessions of a tab, one after each load, and a gateway that creates whatever is requested. Close it after the test. */
export class SessionTab {
  readonly fake = new FakeGateway()
  #detach = () => {}

  constructor() {
    this.fake.answers.CreateShareRequest = () => created(pending)
    this.fake.answers.CheckShareRequest = () => ({ checkShareRequest: shareRequest(pending) })
    this.fake.answers.ReadShareRequest = () => ({ shareRequest: shareRequest(pending) })
  }

  close() {
    this.#detach()
    this.fake.restore()
    sessionStorage.clear()
  }

  /** What the tab keeps across reloads. */
  get saved() {
    return sessionStorage.getItem('portmone-verification:kyc-basic')
  }

  save(item: string) {
    sessionStorage.setItem('portmone-verification:kyc-basic', item)
  }

  load(options: { autoStart?: boolean } = {}): ShareRequestSession {
    const session = createShareRequestSession(this.fake.gateway, 'kyc-basic', options)
    this.attach(session)
    return session
  }

  attach(session: ShareRequestSession) {
    this.#detach()
    this.#detach = session.attach()
  }

  detach() {
    this.#detach()
    this.#detach = () => {}
  }

  /** Resolves with the only subscription. */
  async subscription() {
    await vi.waitFor(() => expect(this.fake.subscriptions.size).toBe(1))
    return [...this.fake.subscriptions][0]!
  }

  /** A session whose share request was created and is being followed. */
  async pending() {
    const session = this.load()
    await session.start()
    const open = await this.subscription()
    open.next(event(pending))
    return { session, open }
  }
}

/** The name of the status, or the phase if there is none. */
export function statusOf(session: ShareRequestSession) {
  const state = session.getState()
  return state.phase === 'following' ? state.status.__typename : state.phase
}
