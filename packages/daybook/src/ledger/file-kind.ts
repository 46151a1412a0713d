/** What a file is that is no text, by its first bytes. */

const marks: readonly (readonly [string, readonly number[]])[] = [
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46]],
  ['a gzip archive: unpack it first', [0x1f, 0x8b]],
  ['a zip archive: unpack it first', [0x50, 0x4b, 0x03, 0x04]],
  ['an empty zip archive', [0x50, 0x4b, 0x05, 0x06]],
  ['a zstd archive: unpack it first', [0x28, 0xb5, 0x2f, 0xfd]],
  ['an SQLite database', [0x53, 0x51, 0x4c, 0x69]]
]

/** In words; undefined for what may be a ledger. Four bytes are enough to know. */
export function foreignKind(head: Uint8Array): string | undefined {
  return marks.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte))?.[0]
}

/** The encoding of a text that is not UTF-8: said by a mark at its beginning, or seen by its first sign, `{` or `[`. */
export function wideEncoding([a, b]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if ((a === 0xff && b === 0xfe) || ((a === 0x7b || a === 0x5b) && b === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && (b === 0x7b || b === 0x5b))) return 'utf-16be'
  return undefined
}
