/** Base64 wherever we run, without Buffer, and fast enough for 20 MB. */

interface WithBase64 {
  toBase64?(): string
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Where the platform has none of its own: twice as fast as btoa, which wants a string of the bytes first. */
export function base64Of(bytes: Uint8Array): string {
  const native = (bytes as WithBase64).toBase64
  return native ? native.call(bytes) : encoded(bytes)
}

export function encoded(bytes: Uint8Array): string {
  const codes = Uint8Array.from(alphabet, digit => digit.charCodeAt(0))
  const whole = bytes.length - (bytes.length % 3)
  const digits = new Uint8Array((whole / 3) * 4)
  for (let from = 0, to = 0; from < whole; from += 3) {
    const three = ((bytes[from] as number) << 16) | ((bytes[from + 1] as number) << 8) | (bytes[from + 2] as number)
    digits[to++] = codes[three >> 18] as number
    digits[to++] = codes[(three >> 12) & 63] as number
    digits[to++] = codes[(three >> 6) & 63] as number
    digits[to++] = codes[three & 63] as number
  }
  return new TextDecoder().decode(digits) + btoa(String.fromCharCode(...bytes.subarray(whole)))
}

/** Without white space and with its padding; undefined where it is no base64. Decodes nothing. */
export function normalBase64(text: string): string | undefined {
  const spaceless = /\s/.test(text) ? text.replace(/\s+/g, '') : text
  const end = spaceless.endsWith('==') ? -2 : spaceless.endsWith('=') ? -1 : spaceless.length
  const digits = spaceless.slice(0, end)
  const over = digits.length % 4
  // A search for what must not be there: it never goes back, however long the text is.
  if (digits === '' || over === 1 || /[^A-Za-z0-9+/]/.test(digits)) return undefined
  return over === 0 ? digits : digits + '='.repeat(4 - over)
}

/** How many bytes a normal base64 text stands for. */
export function decodedLength(base64: string): number {
  return (base64.length / 4) * 3 - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0)
}

/** The first bytes of it: enough to know a kind of file by. */
export function firstBytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64.slice(0, 64)), digit => digit.charCodeAt(0))
}
