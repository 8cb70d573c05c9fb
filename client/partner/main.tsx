import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { applyAccent, type Brand, loadBrand } from '../page/brand.ts'
import '../page/page.css'
import { PartnerPage } from './partner-page.tsx'

const element = document.getElementById('root')
if (element === null) throw new Error('index.html has no element #root.')
const root = createRoot(element)

const render = (brand: Brand | null) =>
  root.render(
    <StrictMode>
      <PartnerPage brand={brand} url="../graphql" />
    </StrictMode>,
  )

// The page does not wait for its brand.
render(null)
const brand = await loadBrand('../brand.json')
applyAccent(brand)
render(brand)
