import type { Plugin } from 'vite'

type Bundle = Parameters<Extract<Plugin['generateBundle'], (...args: never) => unknown>>[1]

/**
 * Puts each page's script and styles into its HTML. During a rolling upgrade a load balancer may send a page's next
 * request to a gateway of another build, which does not have the files that the page names; a page in one piece needs
 * none. The gateway allows these scripts by their hashes (Content-Security-Policy).
 */
export function selfContained(): Plugin {
  return {
    name: 'self-contained',
    apply: 'build',
    enforce: 'post',
    /** A page in one piece has nothing to preload. */
    transform(_code, id) {
      if (id !== '\0vite/preload-helper.js') return
      return { code: 'export const __vitePreload = (load) => load()', map: null }
    },
    generateBundle(_options, bundle) {
      for (const page of Object.values(bundle))
        if (page.type === 'asset' && page.fileName.endsWith('.html'))
          page.source = inlined(String(page.source), bundle)
    },
  }
}

/** Throws an Error if the page would still need a file of the build. */
function inlined(html: string, bundle: Bundle): string {
  let scripts = ''
  const page = html
    .replace(/<script [^>]*\bsrc="([^"]+)"[^>]*><\/script>\s*/g, (_, url: string) => {
      scripts += `<script type="module">${textOf(bundle, url)}</script>\n  `
      return ''
    })
    .replace(
      /<link rel="stylesheet"[^>]*\bhref="([^"]+)"[^>]*>/g,
      (_, url: string) => `<style>${textOf(bundle, url)}</style>`,
    )
    // What the page shows before its script runs can be painted while the script is still loading.
    .replace('</body>', () => `${scripts}</body>`)
  if (page.includes('assets/'))
    throw new Error('A page names a file of its build: it must be self-contained.')
  return page
}

function textOf(bundle: Bundle, url: string): string {
  const file = bundle[url.replace(/^(\.{1,2}\/)+/, '')]
  if (file === undefined) throw new Error(`A page names ${url}, which is not in its build.`)
  const text = file.type === 'chunk' ? withoutPreload(file.code) : String(file.source)
  // Vite's minifier escapes them.
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${url} would end the element that it stands in.`)
  return text
}

/** Vite marks each dynamic import and removes the marks only later. Left in the page, one would throw a ReferenceError. */
const withoutPreload = (code: string) => code.replaceAll('__VITE_PRELOAD__', 'void 0')
