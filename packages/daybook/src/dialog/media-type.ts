/** What a file is, by its first bytes: names and labels may be wrong, and providers look at the bytes too. */

export type MediaType =
  | 'image/png'
  | 'image/jpeg'
  | 'image/gif'
  | 'image/webp'
  | 'application/pdf'
  | 'audio/wav'
  | 'audio/mpeg'

/** How such files begin. */
const beginnings: readonly (readonly [RegExp, MediaType])[] = [
  [/^\x89PNG\r\n/, 'image/png'],
  [/^\xFF\xD8\xFF/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF.{4}WEBP/s, 'image/webp'],
  [/^%PDF-/, 'application/pdf'],
  [/^RIFF.{4}WAVE/s, 'audio/wav'],
  // A tag, or at once a frame of layer III.
  [/^(?:ID3|\xFF[\xE2\xE3\xF2\xF3\xFA\xFB])/, 'audio/mpeg']
]

/** Of the kinds that can be attached; undefined for all others. */
export function mediaTypeOf(bytes: Uint8Array): MediaType | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 16))
  return beginnings.find(([beginning]) => beginning.test(start))?.[1]
}

const others: Readonly<Record<string, MediaType>> = {
  'image/jpg': 'image/jpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/mp3': 'audio/mpeg'
}

/** A media type as somebody wrote it, under the one name that it has here. */
export function namedMediaType(name: string): MediaType | undefined {
  const plain = name.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const known = others[plain] ?? plain
  return beginnings.some(([, type]) => type === known) ? (known as MediaType) : undefined
}
