import { Verification } from '@portmone-gateway/verification'
import { useState } from 'react'
import { OwnDesign } from './own-design.tsx'

/** A partner's page with both ways to verify a customer: the component, and a design of its own. */
export function Shop() {
  const [order, setOrder] = useState<string | null>(null)
  return (
    <>
      <header>
        <h1>Example shop</h1>
      </header>
      <main>
        <section aria-labelledby="component">
          <h2 id="component">The component</h2>
          <Verification
            policy="age-over-18"
            partner="Example shop"
            onVerified={({ id }) => setOrder(`Your order goes on. Our server asks the gateway about ${id}.`)}
            onFailed={(result) => setOrder(`Your order waits: ${result}.`)}
          />
          <p role="status">{order}</p>
        </section>
        <section aria-labelledby="own-design">
          <h2 id="own-design">Your own design</h2>
          <OwnDesign policy="kyc-basic" />
        </section>
      </main>
    </>
  )
}
