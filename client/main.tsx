import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { applyAccent, type Brand, loadBrand } from './page/brand.ts'
import { Page } from './page/page.tsx'
import './page/page.css'
import { createGateway, GatewayProvider } from '@portmone-gateway/verification'

const element = document.getElementById('root')
if (element === null) throw new Error('index.html has no element #root.')
const root = createRoot(element)
const gateway = createGateway('graphql')

const render = (brand: Brand | null) =>
  root.render(
    <StrictMode>
      <GatewayProvider gateway={gateway}>
        <Page brand={brand} onRetryBrand={showBrand} />
      </GatewayProvider>
    </StrictMode>,
  )

/** The page does not wait for its brand. */
async function showBrand() {
  render(null)
  const brand = await loadBrand('brand.json')
  applyAccent(brand)
  render(brand)
}

showBrand()
