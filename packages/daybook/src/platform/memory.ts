/** Where neither Node nor a page is known: edge runtimes, bare workers. */
import { wordsOf } from './sha256.js'

/** sha256 of a text's UTF-8 bytes, as 64 hexadecimal digits or 43 characters of base64url. */
export function sha256(text: string, encoding: 'hex' | 'base64url' = 'hex'): string {
  const words = wordsOf(text)
  if (encoding === 'hex') {
    let hex = ''
    for (const word of words) hex += (word >>> 0).toString(16).padStart(8, '0')
    return hex
  }
  const bytes = new DataView(new ArrayBuffer(32))
  for (const [index, word] of words.entries()) bytes.setInt32(4 * index, word)
  return btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace('=', '')
}

/** An environment variable: there are none here. */
export function env(_name: string): string | undefined {
  return undefined
}
