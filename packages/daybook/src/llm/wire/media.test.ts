import { expect, test } from 'vitest'
import { InputError } from '../../errors.js'
import type { Api, ContentPart } from '../llm.js'
import { checkMedia, dataUrl } from './media.js'
import type { Profile } from './profile.js'

const image: ContentPart = { type: 'image_url', image_url: { url: 'https://x.test/cat.png' } }
const pdf: ContentPart = { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0xLjQK' } }
const audio: ContentPart = { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }

function refusal(part: ContentPart, api: Api, model: string, profile: Partial<Profile> = {}): string {
  try {
    checkMedia([part], { provider: 'demo', ...profile }, api, model)
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return (error as Error).message
  }
  return ''
}

test('images are read everywhere but where a provider reads none', () => {
  for (const api of ['chat', 'messages', 'responses'] as const) expect(refusal(image, api, 'm')).toBe('')
  expect(refusal(image, 'chat', 'm', { media: [] })).toBe(
    'Over Chat Completions, demo (m) does not read images. Models that see do.'
  )
})

test('PDF is read over Messages and Responses, and by Gemini', () => {
  for (const api of ['messages', 'responses'] as const) expect(refusal(pdf, api, 'm')).toBe('')
  expect(refusal(pdf, 'chat', 'gemini-2.5-flash', { provider: 'gemini' })).toBe('')
  expect(refusal(pdf, 'chat', 'gpt-4o', { provider: 'openai', media: ['image', 'pdf'] })).toContain(
    'Anthropic, Gemini and the Responses API do'
  )
  expect(refusal(pdf, 'responses', 'm', { media: ['image'] })).toContain('does not read PDF')
})

test('sound is read over chat completions, by models that hear', () => {
  expect(refusal(audio, 'chat', 'gpt-4o-audio-preview')).toBe('')
  expect(refusal(audio, 'chat', 'voxtral-small-latest')).toBe('')
  expect(refusal(audio, 'chat', 'gpt-4o')).toContain('does not read audio')
  expect(refusal(audio, 'responses', 'gpt-audio')).toContain('Over the Responses API')
  expect(refusal(audio, 'messages', 'gpt-audio')).toContain('Over Messages')
  expect(refusal(audio, 'chat', 'm', { provider: 'custom' })).toContain('Over Chat Completions, m does')
})

test('other files and other kinds of sound are read by nobody', () => {
  const word: ContentPart = { type: 'file', file: { file_data: 'data:application/msword;base64,0M8R' } }
  expect(refusal(word, 'messages', 'm')).toContain('only PDF')
  expect(refusal({ type: 'file', file: { file_data: 3 } }, 'messages', 'm')).toContain('only PDF')
  const flac: ContentPart = { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'flac' } }
  expect(refusal(flac, 'chat', 'gpt-audio')).toContain('wav or mp3')
})

test('text, and parts in a provider’s own words, are not judged', () => {
  checkMedia('Hi', { provider: 'demo' }, 'chat', 'm')
  checkMedia(null, { provider: 'demo' }, 'chat', 'm')
  for (const part of [{ type: 'text', text: 'Hi' }, { type: 'video_url' }, { type: 'file', file: { file_id: 'f' } }]) {
    expect(refusal(part, 'chat', 'm', { media: [] })).toBe('')
  }
})

test('a data URL is told by its bytes, else by its name', () => {
  const type = (url: string) => dataUrl(url)?.mediaType
  expect(type('data:image/jpeg;base64,iVBORw0KGgoAAAANSUhEUg')).toBe('image/png')
  expect(type('data:image/png;base64,R0lGODlhAQAB')).toBe('image/gif')
  expect(type(`data:image/png;base64,${btoa('RIFF\u0010\u0020\u0030\u0000WEBPVP8 ')}`)).toBe('image/webp')
  expect(type('data:IMAGE/PNG;name=a.png;base64,AAAA')).toBe('image/png')
  expect(dataUrl('https://x.test/a.png')).toBeUndefined()
  expect(dataUrl('data:text/plain,Hi')).toBeUndefined()
})
