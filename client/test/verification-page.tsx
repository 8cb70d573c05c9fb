import { cleanup, render, screen, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { GatewayProvider } from '../verification/gateway-provider.tsx'
import { Verification, type VerificationProps } from '../verification/verification.tsx'
import { FakeGateway } from './fake-gateway.ts'
import { created, event, pending, policy } from './samples.ts'

/** A page with a verification, and a gateway that creates whatever is requested. Close it after the test. */
export class VerificationPage {
  readonly fake = new FakeGateway()

  constructor() {
    this.fake.date = new Date('2026-11-24T10:00:30.000Z')
    this.fake.answers.CreateShareRequest = () => created(pending)
    this.fake.answers.PolicyByName = () => ({ policy })
  }

  close() {
    cleanup()
    this.fake.restore()
    sessionStorage.clear()
  }

  render(children: ReactNode) {
    return render(<GatewayProvider gateway={this.fake.gateway}>{children}</GatewayProvider>)
  }

  show(props: Partial<VerificationProps> = {}) {
    return this.render(<Verification policy="kyc-basic" locale="en" autoStart {...props} />)
  }

  /** Resolves with the only subscription. */
  subscription() {
    return waitFor(() => {
      const [open] = this.fake.subscriptions
      if (open === undefined) throw new Error('Nobody subscribes.')
      return open
    })
  }

  /** Shows the verification and sets its share request to `status`. */
  async showAt(status: { __typename: string }, props: Partial<VerificationProps> = {}) {
    this.show(props)
    const open = await this.subscription()
    open.next(event(status))
    return open
  }
}

/** The heading of the current view. */
export const heading = (name: string) => screen.findByRole('heading', { level: 2, name })
