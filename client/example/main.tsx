import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createGateway, GatewayProvider } from '../verification/index.ts'
import { Shop } from './shop.tsx'
import './example.css'

const gateway = createGateway('/graphql')

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root.')
createRoot(root).render(
  <StrictMode>
    <GatewayProvider gateway={gateway}>
      <Shop />
    </GatewayProvider>
  </StrictMode>,
)
