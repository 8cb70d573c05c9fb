import { createContext, type ReactNode, useContext } from 'react'
import type { Gateway } from './gateway.ts'

const GatewayContext = createContext<Gateway | null>(null)

/** Gives the gateway to the verifications inside it. urql hooks of your own keep their own client. */
export function GatewayProvider({ gateway, children }: { gateway: Gateway; children: ReactNode }) {
  return <GatewayContext.Provider value={gateway}>{children}</GatewayContext.Provider>
}

/** The gateway of the nearest `GatewayProvider`. Throws an Error outside of one. */
export function useGateway(): Gateway {
  const gateway = useContext(GatewayContext)
  if (gateway === null)
    throw new Error(
      'No gateway. Put a <GatewayProvider gateway={createGateway("/graphql")}> around what uses a verification.',
    )
  return gateway
}
