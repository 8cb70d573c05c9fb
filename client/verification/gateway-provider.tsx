import { createContext, type ReactNode, use } from 'react'
import { Provider } from 'urql'
import type { Gateway } from './gateway.ts'

const GatewayContext = createContext<Gateway | null>(null)

/** Gives the gateway to the verifications, and its client to the urql hooks, below it. */
export function GatewayProvider({ gateway, children }: { gateway: Gateway; children: ReactNode }) {
  return (
    <GatewayContext value={gateway}>
      <Provider value={gateway.client}>{children}</Provider>
    </GatewayContext>
  )
}

export function useGateway(): Gateway {
  const gateway = use(GatewayContext)
  if (gateway === null)
    throw new Error(
      'No gateway. Put a <GatewayProvider gateway={createGateway("/graphql")}> around what uses a verification.',
    )
  return gateway
}
