/** Pictures, documents and sound: which provider takes which, and how they look inside. */
import { InputError } from '../../errors.js'
import type { Api, Message } from '../llm.js'
import type { Profile } from './profile.js'
import { list, record, text } from './wire.js'

type Medium = 'image' | 'pdf' | 'audio'

const words: Readonly<Record<Medium, string>> = {
  image: 'images. Models that see do',
  pdf: 'PDF. Anthropic, Gemini and the Responses API do',
  audio: 'audio. Chat Completions with an audio model does, such as gpt-audio or Gemini'
}

/** Models that hear, whoever serves them. */
const hearing = /audio|omni|voxtral|gemini/i

/**
 * Checks the parts of a message before anything is sent. Parts in a provider's own words are its to judge.
 * @throws InputError for what this provider, API and model do not read, and who does.
 */
export function checkMedia(content: Message['content'], profile: Profile, api: Api, model: string): void {
  for (const entry of typeof content === 'string' ? [] : list(content)) {
    const part = record(entry)
    const medium = mediumOf(part)
    if (!medium || takes(medium, profile, api, model)) continue
    const { provider } = profile
    const place = api === 'chat' ? 'Chat Completions' : api === 'messages' ? 'Messages' : 'the Responses API'
    const who = provider === 'custom' ? model : `${provider} (${model})`
    throw new InputError(`Over ${place}, ${who} does not read ${words[medium]}.`, { provider, model })
  }
}

function takes(medium: Medium, { media, provider }: Profile, api: Api, model: string): boolean {
  if (media && !media.includes(medium)) return false
  if (medium === 'pdf') return api !== 'chat' || isGemini(provider)
  return medium === 'image' || (api === 'chat' && hearing.test(model))
}

export function isGemini(provider: string): boolean {
  return provider === 'gemini' || provider === 'vertex_ai'
}

function mediumOf(part: Readonly<Record<string, unknown>>): Medium | undefined {
  switch (part.type) {
    case 'image_url':
      return 'image'
    case 'file': {
      const { file_data } = record(part.file)
      if (file_data === undefined) return undefined // the id of a file that the provider has
      if (dataUrl(text(file_data))?.mediaType !== 'application/pdf') {
        throw new InputError('Of files only PDF is read: as a data URL that begins with data:application/pdf;base64,')
      }
      return 'pdf'
    }
    case 'input_audio': {
      const { data, format } = record(part.input_audio)
      if (typeof data !== 'string' || (format !== 'wav' && format !== 'mp3')) {
        throw new InputError('Audio is base64 in `data`, with the `format` wav or mp3.')
      }
      return 'audio'
    }
    default:
      return undefined
  }
}

/** What a data URL holds: its media type, and its data as base64. */
export function dataUrl(url: string): { readonly mediaType: string; readonly data: string } | undefined {
  const [head, mediaType] = /^data:([\w/+.-]+)(?:;[\w=.-]+)*;base64,/i.exec(url) ?? []
  if (head === undefined || mediaType === undefined) return undefined
  const data = url.slice(head.length)
  return { mediaType: seen(data) ?? mediaType.toLowerCase(), data }
}

/** How the base64 of each kind of file begins. */
const beginnings: readonly (readonly [RegExp, string])[] = [
  [/^iVBORw0KGgo/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^R0lGOD/, 'image/gif'],
  [/^UklGR.{6}XRUJQ/, 'image/webp'],
  [/^JVBERi0/, 'application/pdf']
]

/** What the bytes say they are: some providers refuse an image whose name says otherwise. */
function seen(data: string): string | undefined {
  return beginnings.find(([beginning]) => beginning.test(data.slice(0, 24)))?.[1]
}
