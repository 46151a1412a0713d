/** Where neither Node nor a page is known: edge runtimes, bare workers. */
import { sha256 as hash } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** sha256 of a text's UTF-8 bytes, as 64 hexadecimal digits or 43 characters of base64url. */
export function sha256(text: string, encoding: 'hex' | 'base64url' = 'hex'): string {
  const bytes = hash(utf8ToBytes(text))
  return encoding === 'hex'
    ? bytesToHex(bytes)
    : btoa(String.fromCharCode(...bytes))
        .replace(/\+/g, '-')
        .replace(/\//g, '_')
        .replace(/=+$/, '')
}

/** An environment variable: there are none here. */
export function env(_name: string): string | undefined {
  return undefined
}
