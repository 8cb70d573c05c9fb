import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { applyBrand, loadBrand } from './page/brand.ts'
import { Page } from './page/page.tsx'
import './page/page.css'
import { createGateway, GatewayProvider } from '@portmone-gateway/verification'

const gateway = createGateway('graphql')
const brand = await loadBrand('brand.json')
applyBrand(brand)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root.')
createRoot(root).render(
  <StrictMode>
    <GatewayProvider gateway={gateway}>
      <Page brand={brand} />
    </GatewayProvider>
  </StrictMode>,
)
