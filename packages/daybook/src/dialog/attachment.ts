/** Pictures, documents and sound as parts of a message. */
import type { ContentPart } from '../llm/llm.js'

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

/**
 * The part of a message: `image_url`, `file` (PDF, as `{ file: { file_data: <data URL>, filename } }`) or `input_audio`.
 * At once for everything but a Blob, which must be read first.
 * @throws InputError (or a rejection with it) for what is no such file, or too large.
 */
export function attachmentPart(
  _source: AttachmentSource,
  _options?: AttachmentOptions
): ContentPart | Promise<ContentPart> {
  throw new Error('to be written')
}
