/** What the characters of JSON are. */
export const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null]
])
export const number: RegExp = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/
export const escapes: Readonly<Record<string, string | undefined>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t'
}

export function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b
}

/** + - . 0-9 and letters. */
export function isWordPart(code: number): boolean {
  return (
    code === 0x2b ||
    code === 0x2d ||
    code === 0x2e ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a)
  )
}

/** The character of `\uXXXX`; nothing yet where digits are to come; undefined where they are none. */
export function fromHex(escaped: string): string | undefined {
  if (!/^\\u[\da-fA-F]*$/.test(escaped)) return undefined
  return escaped.length === 6 ? String.fromCharCode(Number.parseInt(escaped.slice(2), 16)) : ''
}

/** A text that ends in the first half of a character, without it. */
export function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text
}
