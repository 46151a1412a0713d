/** What the simulated provider can tell of a picture or a file without looking at it. Nothing is ever fetched. */
import { isRecord } from '../json.js'

export interface SimulatedAttachment {
  readonly kind: 'image' | 'document' | 'sound'
  /** What is known of it: `image/png, 64 × 64 pixels, 190 bytes`. */
  readonly about: string
}

/** A part of a message, in the words of any of the three APIs. */
export function attachmentOf(part: unknown): SimulatedAttachment | undefined {
  if (!isRecord(part)) return undefined
  const { type, image_url, source, file, input_audio, file_data, file_url } = part
  switch (type) {
    case 'image_url':
      return attachment('image', isRecord(image_url) ? image_url.url : image_url)
    case 'input_image':
    case 'computer_screenshot':
      return attachment('image', image_url)
    case 'image':
      return attachment('image', sourceOf(source))
    case 'document':
      return attachment('document', sourceOf(source))
    case 'file':
      return attachment('document', isRecord(file) ? file.file_data : undefined)
    case 'input_file':
      return attachment('document', file_data ?? file_url)
    case 'input_audio':
      return isRecord(input_audio)
        ? attachment('sound', `data:audio/${input_audio.format};base64,${input_audio.data}`)
        : undefined
    default:
      return undefined
  }
}

/** `1 image (image/png, 64 × 64 pixels, 190 bytes) and 1 document (application/pdf, 3 bytes)`; empty for none. */
export function described(attachments: readonly SimulatedAttachment[]): string {
  const kinds = ['image', 'document', 'sound'] as const
  return kinds
    .map(kind => ({ kind, found: attachments.filter(one => one.kind === kind) }))
    .filter(({ found }) => found.length > 0)
    .map(({ kind, found }) => {
      const shown = found.slice(0, 4).map(({ about }) => about)
      if (found.length > 4) shown.push('…')
      return `${found.length} ${kind}${found.length > 1 ? 's' : ''} (${shown.join('; ')})`
    })
    .join(' and ')
}

/** Messages' way to say where the bytes are, as a URL. */
function sourceOf(source: unknown): unknown {
  if (!isRecord(source)) return undefined
  return source.type === 'base64' ? `data:${source.media_type};base64,${source.data}` : (source.url ?? source.file_id)
}

function attachment(kind: SimulatedAttachment['kind'], from: unknown): SimulatedAttachment {
  const url = typeof from === 'string' ? from : ''
  if (!url.startsWith('data:')) return { kind, about: url ? 'at an address, not fetched' : 'without its bytes' }
  const comma = url.indexOf(',')
  const head = url.slice(5, comma < 0 ? undefined : comma)
  const data = comma < 0 ? '' : url.slice(comma + 1)
  const type = head.split(';')[0] || 'text/plain'
  if (!head.endsWith(';base64')) return { kind, about: `${type}, ${data.length} characters` }
  const bytes = Math.floor((data.length * 3) / 4) - (/=*$/.exec(data.slice(-2))?.[0].length ?? 0)
  const pixels = type === 'image/png' ? pngSize(data) : ''
  return { kind, about: `${type}${pixels}, ${bytes} bytes` }
}

/** A PNG says its size in its first 24 bytes. */
function pngSize(base64: string): string {
  try {
    const head = Uint8Array.from(atob(base64.slice(0, 32)), character => character.charCodeAt(0))
    const view = new DataView(head.buffer)
    return view.getUint32(0) === 0x89504e47 ? `, ${view.getUint32(16)} × ${view.getUint32(20)} pixels` : ''
  } catch {
    return '' // not base64, or too short: then its size is not known
  }
}
