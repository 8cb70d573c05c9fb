import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { applyBrand, loadBrand } from '../page/brand.ts'
import '../page/page.css'
import { PartnerPage } from './partner-page.tsx'

const brand = await loadBrand('../brand.json')
applyBrand(brand)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root.')
createRoot(root).render(
  <StrictMode>
    <PartnerPage brand={brand} url="../graphql" />
  </StrictMode>,
)
