import { createGateway, GatewayProvider } from '@portmone-gateway/verification'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Shop } from './shop.tsx'
import './example.css'

// The development server forwards /graphql. VITE_GATEWAY names a gateway on another origin.
const gateway = createGateway(import.meta.env.VITE_GATEWAY ?? '/graphql')

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root.')
createRoot(root).render(
  <StrictMode>
    <GatewayProvider gateway={gateway}>
      <Shop />
    </GatewayProvider>
  </StrictMode>,
)
