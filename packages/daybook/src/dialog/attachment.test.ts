import { expect, test } from 'vitest'
import { type AttachmentSource, attachmentPart } from './attachment.js'
import { base64Of, decodedLength, encoded, firstBytes, normalBase64 } from './base64.js'

const bytesOf = (start: string, length = 40): Uint8Array => {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < start.length; index++) bytes[index] = start.charCodeAt(index)
  return bytes
}
const files = {
  png: bytesOf('\x89PNG\r\n\x1A\n'),
  jpeg: bytesOf('\xFF\xD8\xFF\xE0'),
  gif: bytesOf('GIF89a'),
  webp: bytesOf('RIFF\x24\0\0\0WEBP'),
  pdf: bytesOf('%PDF-1.7'),
  wav: bytesOf('RIFF\x24\0\0\0WAVE'),
  mp3: bytesOf('ID3\x04'),
  bareMp3: bytesOf('\xFF\xFB\x90')
}
const urlOf = (type: string, bytes: Uint8Array): string => `data:${type};base64,${base64Of(bytes)}`
const image = (type: string, bytes: Uint8Array) => ({ type: 'image_url', image_url: { url: urlOf(type, bytes) } })

const parts: readonly (readonly [keyof typeof files, object])[] = [
  ['png', image('image/png', files.png)],
  ['jpeg', image('image/jpeg', files.jpeg)],
  ['gif', image('image/gif', files.gif)],
  ['webp', image('image/webp', files.webp)],
  ['pdf', { type: 'file', file: { file_data: urlOf('application/pdf', files.pdf), filename: 'document.pdf' } }],
  ['wav', { type: 'input_audio', input_audio: { data: base64Of(files.wav), format: 'wav' } }],
  ['mp3', { type: 'input_audio', input_audio: { data: base64Of(files.mp3), format: 'mp3' } }],
  ['bareMp3', { type: 'input_audio', input_audio: { data: base64Of(files.bareMp3), format: 'mp3' } }]
]

test.each(parts)('a %s is known by its bytes, however it is given', async (name, part) => {
  const bytes = files[name]
  const base64 = base64Of(bytes)
  const inAnother = new Uint8Array([0, ...bytes, 0]).subarray(1, -1)
  expect(attachmentPart(bytes)).toEqual(part)
  expect(attachmentPart(inAnother)).toEqual(part)
  expect(attachmentPart(bytes.slice().buffer)).toEqual(part)
  expect(attachmentPart(base64)).toEqual(part)
  expect(attachmentPart(base64.replace(/.{10}/g, '$&\r\n').replace(/=+$/, ''))).toEqual(part)
  expect(attachmentPart(`DATA:application/octet-stream;name=x;base64,${base64}`)).toEqual(part)
  expect(attachmentPart(new URL(`data:;base64,${base64}`))).toEqual(part)
  expect(await attachmentPart(new Blob([bytes.slice()]))).toEqual(part)
})

test('a wrong label gives way to what the bytes say', () => {
  expect(attachmentPart(urlOf('image/jpeg', files.png))).toEqual(image('image/png', files.png))
  expect(attachmentPart(files.png, { mediaType: 'application/pdf' })).toEqual(image('image/png', files.png))
})

test('where the bytes do not tell, the media type that was passed counts, and the label of a data URL does not', () => {
  const bytes = bytesOf('nothing known')
  const wav = { type: 'input_audio', input_audio: { data: base64Of(bytes), format: 'wav' } }
  expect(attachmentPart(bytes, { mediaType: 'audio/x-wav' })).toEqual(wav)
  expect(() => attachmentPart(urlOf('image/png', bytes))).toThrow(/by its first bytes this is something else/)
  expect(() => attachmentPart(bytes, { mediaType: 'image/tiff' })).toThrow(/"image\/tiff" is none of them/)
})

test('an address of a picture goes out as it is', () => {
  const url = 'https://example.test/a%20cat.png?size=2'
  expect(attachmentPart(url)).toEqual({ type: 'image_url', image_url: { url } })
  const detailed = { type: 'image_url', image_url: { url, detail: 'low' } }
  expect(attachmentPart(new URL(url), { detail: 'low' })).toEqual(detailed)
  for (const local of ['http://localhost:8080/x.png', 'http://127.0.0.1/x.png', 'http://[::1]:1/x.png']) {
    expect(attachmentPart(local)).toEqual({ type: 'image_url', image_url: { url: local } })
  }
})

test.each<[string, RegExp]>([
  ['http://example.test/cat.png', /must begin with https/],
  ['http://localhost.example.test/cat.png', /must begin with https/],
  ['http://127.example.test/cat.png', /must begin with https/],
  ['file:///etc/passwd', /must begin with https/],
  ['blob:https://example.test/0b7e', /must begin with https/],
  ['https://', /must begin with https/],
  ['https://me:secret@example.test/cat.png', /user name or password/],
  ['https://example.test/report.pdf', /Only a picture/],
  ['./cat.png', /no address and no base64/],
  ['', /no address and no base64/],
  ['data:image/png,abc', /must be base64/],
  ['data:image/png;base64,', /without base64/],
  ['data:image/png;base64,%%%%', /without base64/]
])('%s is refused', (source, message) => {
  expect(() => attachmentPart(source)).toThrow(message)
  expect(() => attachmentPart(source)).toThrow(expect.objectContaining({ kind: 'input' }))
})

test('what is no attachment at all is refused', () => {
  for (const source of [undefined, null, 7, {}, [], new Uint8Array()]) {
    expect(() => attachmentPart(source as AttachmentSource)).toThrow(expect.objectContaining({ kind: 'input' }))
  }
})

test('an attachment has at most 20 MB, or as many bytes as it is allowed', async () => {
  const large = bytesOf('\x89PNG\r\n\x1A\n', 20_000_001)
  expect(() => attachmentPart(large)).toThrow(/20000001 bytes, more than the 20000000/)
  expect(attachmentPart(large, { maxBytes: 20_000_001 })).toMatchObject({ type: 'image_url' })
  expect(attachmentPart(files.png, { maxBytes: 40 })).toMatchObject({ type: 'image_url' })
  expect(() => attachmentPart(base64Of(files.png), { maxBytes: 39 })).toThrow(/40 bytes/)
  await expect(attachmentPart(new Blob([files.png.slice()]), { maxBytes: 39 })).rejects.toThrow(/40 bytes/)
})

test('a PDF keeps its name, also that of a File', async () => {
  const named = (filename: string) => ({
    type: 'file',
    file: { file_data: urlOf('application/pdf', files.pdf), filename }
  })
  expect(attachmentPart(files.pdf, { filename: 'bill.pdf' })).toEqual(named('bill.pdf'))
  if (typeof File === 'undefined') return
  const file = new File([files.pdf.slice()], 'letter.pdf', { type: 'image/png' })
  expect(await attachmentPart(file)).toEqual(named('letter.pdf'))
  expect(await attachmentPart(file, { filename: 'bill.pdf' })).toEqual(named('bill.pdf'))
})

test('a Blob that cannot be read any more is an input error with its cause', async () => {
  const cause = new Error('gone')
  const blob = Object.assign(new Blob([files.png.slice()]), { arrayBuffer: () => Promise.reject(cause) })
  await expect(attachmentPart(blob)).rejects.toMatchObject({ kind: 'input', cause })
})

test('base64 is the same whoever writes it, for every length', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 89 + length) & 255)
    const wanted = btoa(String.fromCharCode(...bytes))
    expect(base64Of(bytes)).toBe(wanted)
    expect(encoded(bytes)).toBe(wanted)
    if (length === 0) continue
    expect(normalBase64(wanted.replace(/=/g, ''))).toBe(wanted)
    expect(decodedLength(wanted)).toBe(length)
    expect(firstBytes(wanted)).toEqual(bytes.subarray(0, 48))
  }
})

test('what is no base64 is not taken for it', () => {
  for (const text of ['', '=', '====', 'A', 'AAAAA', 'AA=A', 'A===', 'AA-_', 'ÄÄÄÄ'])
    expect(normalBase64(text), text).toBe(undefined)
})

test('20 MB become base64 without a string of 20 million arguments', () => {
  const bytes = new Uint8Array(20_000_000).fill(0xa5)
  const text = encoded(bytes)
  expect(text.length).toBe(26_666_668)
  expect(decodedLength(text)).toBe(20_000_000)
  expect(normalBase64(text)).toBe(text)
})
