/** The encodings in which a secret may appear, each with a name. */
function writings(secret: string): [string, string][] {
  const bytes = Buffer.from(secret)
  return [
    ['as it is', bytes.toString('latin1')],
    ['as JSON', JSON.stringify(secret).slice(1, -1)],
    ['as a part of a URL', encodeURIComponent(secret)],
    ['as a field of a form', new URLSearchParams({ '': secret }).toString().slice(1)],
    ['as HTML', secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;')],
    ['in UTF-16', Buffer.from(secret, 'utf16le').toString('latin1')],
    ['in hex', bytes.toString('hex')],
    ...([0, 1, 2] as const).map((offset): [string, string] => ['in base64', base64At(bytes, offset)]),
    ['backwards', [...secret].reverse().join('')],
  ]
}

/** The part of a longer text's base64 that depends on `bytes` alone, if they start at this offset within a group. */
function base64At(bytes: Buffer, offset: 0 | 1 | 2): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64url')
    .replace(/=+$/, '')
  const end = Math.floor(((offset + bytes.length) * 8) / 6)
  return text.slice(Math.ceil((offset * 8) / 6), end)
}

/** The secrets found in `haystack`, in any encoding and in upper or lower case. */
export function secretsIn(haystack: Buffer | string, secrets: readonly string[]): string[] {
  const bytes = typeof haystack === 'string' ? Buffer.from(haystack) : haystack
  const text = bytes.toString('latin1').toLowerCase()
  // base64 has two alphabets. One is converted to the other.
  const unified = text.replaceAll('+', '-').replaceAll('/', '_')
  return secrets.flatMap((secret) => {
    const found = writings(secret).find(([, writing]) => {
      const needle = writing.toLowerCase()
      return text.includes(needle) || unified.includes(needle)
    })
    return found === undefined ? [] : [`${secret}, ${found[0]}`]
  })
}
