/** Pictures, documents and sound as parts of a message. */
import { type DaybookError, InputError, shown } from '../errors.js'
import type { ContentPart } from '../llm/llm.js'
import { base64Of, decodedLength, firstBytes, normalBase64 } from './base64.js'
import { type MediaType, mediaTypeOf, namedMediaType } from './media-type.js'

/** An https address, a data URL, base64 of a known kind of file, bytes, or a Blob (so a File too). */
export type AttachmentSource = string | URL | Uint8Array | ArrayBuffer | Blob

export interface AttachmentOptions {
  /** Where the bytes do not tell: `application/pdf`, `audio/wav`. */
  readonly mediaType?: string | undefined
  readonly filename?: string | undefined
  /** Of an image: how closely the model looks. */
  readonly detail?: 'auto' | 'low' | 'high' | undefined
  /** The most that it may be, in bytes: 20 MB unless said otherwise. */
  readonly maxBytes?: number | undefined
}

const kinds = 'a PNG, JPEG, GIF or WebP picture, a PDF, or sound as WAV or MP3'
const defaultMaxBytes = 20_000_000

/**
 * The part of a message: `image_url`, `file` (PDF, as `{ file: { file_data: <data URL>, filename } }`) or `input_audio`.
 * At once for everything but a Blob, which must be read first.
 *
 * The bytes say what it is: a data URL with another label gets the true one. What is at an https address is not looked
 * at: it is the address of a picture, which the provider fetches.
 * @throws InputError (or a rejection with it) for what is no such file, or too large.
 */
export function attachmentPart(
  source: AttachmentSource,
  options: AttachmentOptions = {}
): ContentPart | Promise<ContentPart> {
  const { maxBytes = defaultMaxBytes } = options
  // `instanceof` does not know what comes from another realm, such as an iframe.
  const tag = Object.prototype.toString.call(source).slice(8, -1)
  if (typeof source === 'string' || tag === 'URL') return partOfText(String(source), options)
  if (tag === 'Blob' || tag === 'File') return partOfBlob(source as Blob, options)
  if (tag === 'ArrayBuffer') return partOfBytes(new Uint8Array(source as ArrayBuffer), options)
  if (tag === 'Uint8Array') return partOfBytes(source as Uint8Array, options)
  throw new InputError(
    `An attachment is an https address, a data URL, base64, a Uint8Array, an ArrayBuffer or a Blob, not ${shown(source)}.`
  )

  async function partOfBlob(blob: Blob, given: AttachmentOptions): Promise<ContentPart> {
    checkSize(blob.size, maxBytes)
    const filename = given.filename ?? (blob as Partial<File>).name
    let bytes: ArrayBuffer
    try {
      bytes = await blob.arrayBuffer()
    } catch (cause) {
      throw new InputError('The attachment cannot be read: its file was changed, moved or locked.', { cause })
    }
    return partOfBytes(new Uint8Array(bytes), { ...given, filename })
  }

  function partOfBytes(bytes: Uint8Array, given: AttachmentOptions): ContentPart {
    checkSize(bytes.length, maxBytes)
    const type = typeOf(bytes, given)
    return partOf(type, base64Of(bytes), given)
  }

  function partOfText(text: string, given: AttachmentOptions): ContentPart {
    const data = /^data:([^,]{0,200}?)(;base64)?,/i.exec(text)
    if (!data && /^[a-z][a-z0-9+.-]*:/i.test(text)) return partOfAddress(text, given)
    if (data && !data[2]) throw new InputError('A data URL of an attachment must be base64: data:image/png;base64,…')
    const base64 = normalBase64(data ? text.slice(data[0].length) : text)
    if (base64 === undefined) {
      const hint = data ? {} : { hint: 'Is it a path? Read the file and pass its bytes.' }
      throw new InputError(
        `The attachment is ${data ? 'a data URL without' : 'a text that is no address and no'} base64.`,
        hint
      )
    }
    checkSize(decodedLength(base64), maxBytes)
    return partOf(typeOf(firstBytes(base64), given), base64, given)
  }
}

function checkSize(bytes: number, maxBytes: number): void {
  if (bytes === 0) throw new InputError('The attachment is empty.')
  if (bytes <= maxBytes) return
  throw new InputError(`The attachment has ${bytes} bytes, more than the ${maxBytes} that it may have.`, {
    hint: 'Make it smaller, or pass maxBytes where the provider takes more.'
  })
}

function typeOf(bytes: Uint8Array, { mediaType }: AttachmentOptions): MediaType {
  const type = mediaTypeOf(bytes) ?? (mediaType === undefined ? undefined : namedMediaType(mediaType))
  if (type) return type
  throw unknownKind(mediaType === undefined ? '' : `, and ${shown(mediaType)} is none of them`)
}

function unknownKind(more: string): DaybookError {
  return new InputError(`An attachment is ${kinds}: by its first bytes this is something else${more}.`)
}

function partOf(type: MediaType, base64: string, { filename, detail }: AttachmentOptions): ContentPart {
  if (type === 'audio/wav' || type === 'audio/mpeg') {
    return { type: 'input_audio', input_audio: { data: base64, format: type === 'audio/wav' ? 'wav' : 'mp3' } }
  }
  const url = `data:${type};base64,${base64}`
  if (type === 'application/pdf') {
    return { type: 'file', file: { file_data: url, filename: filename || 'document.pdf' } }
  }
  return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } }
}

const loopback = /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/

function partOfAddress(text: string, { mediaType, detail }: AttachmentOptions): ContentPart {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const local = url?.protocol === 'http:' && loopback.test(url.hostname)
  if (!url || (url.protocol !== 'https:' && !local)) {
    throw new InputError(`An attachment's address must begin with https://, not ${shown(text.slice(0, 40))}.`, {
      hint: 'Fetch or read it yourself, and pass its bytes.'
    })
  }
  if (url.username || url.password) {
    throw new InputError("An attachment's address must not hold a user name or password: it is sent and recorded.")
  }
  const type = mediaType === undefined ? undefined : namedMediaType(mediaType)
  if (type ? !type.startsWith('image/') : /\.(?:pdf|wav|mp3)$/i.test(url.pathname)) {
    throw new InputError('Only a picture can be given by its address.', { hint: 'Fetch it, and pass its bytes.' })
  }
  return { type: 'image_url', image_url: { url: text.trim(), ...(detail === undefined ? {} : { detail }) } }
}
