import { createHash } from 'node:crypto'

interface PolicyOptions {
  /** Script sources, such as hashes; none by default. */
  scripts?: readonly string[]
  styles?: readonly string[]
  connect?: readonly string[]
  /** URLs that forms may be sent to. */
  forms?: string
  /** Directives in addition to those of every page. */
  more?: readonly string[]
}

/** A page runs only the listed scripts and cannot be framed. */
export const contentSecurityPolicy = ({
  scripts = [],
  styles = [],
  connect = [],
  forms = "'self'",
  more = [],
}: PolicyOptions) =>
  [
    "default-src 'none'",
    `script-src ${list(scripts)}`,
    `style-src ${list(styles)}`,
    "img-src 'self' data:",
    `connect-src ${list(connect)}`,
    `form-action ${forms}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...more,
  ].join('; ')

/** Text cannot become a script, not even by a library's mistake: browsers refuse `innerHTML` and the like. */
export const trustedTypes = ["require-trusted-types-for 'script'", "trusted-types 'none'"]

const list = (sources: readonly string[]) => (sources.length === 0 ? "'none'" : sources.join(' '))

/** Allows one inline script or style by its text (Content-Security-Policy). */
export const hashSource = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
