/**
 * How many tokens a request is likely to be, without a tokenizer. An estimate: every provider cuts text in its own way
 * and adds text of its own. It is made once for each frozen message, and is linear in the text.
 */
import { isRecord } from '../json.js'
import type { ContentPart, LLMRequest, Message } from '../llm/llm.js'

/** How many tokens these messages are. An estimate unless one's own tokenizer is passed. */
export type CountTokens = (messages: readonly Message[]) => number

/** Each message has a frame of this many tokens, and an answer is opened with three. */
const frame = 4
const opening = 3
/** A picture of usual size; what it really is depends on its size and on the model. One of few bytes is smaller. */
const picture = 500
const smallestPicture = 70
const lettersOfPictureToken = 30
/** A page of a document, and a second of sound, are not told by a message: this is taken for each such part. */
const attachment = 1500

/** What a family of models puts around a request: found in the usage of recorded answers. */
interface Surroundings {
  /** Added to every request. */
  readonly base?: number
  /** Added where there are tools: the words that explain tools to the model. */
  readonly tools?: number
  /** Added where the model is to think. */
  readonly thinking?: number
  /** Added where the answer is to fit a schema. */
  readonly format?: number
  /** In place of the usual ones. */
  readonly frame?: number
  readonly picture?: number
}

const families: readonly (readonly [RegExp, Surroundings])[] = [
  [/claude/i, { base: 5, tools: 390, thinking: 24, format: 115, picture: 350 }],
  [/gpt-oss/i, { base: 65 }],
  [/deepseek/i, { base: -3, tools: 220 }],
  [/llama-?3/i, { base: 15 }],
  [/llama-?4/i, { tools: 600 }],
  [/mistral|magistral/i, { base: -3 }],
  [/gemini/i, { base: -3, frame: 0, tools: -10 }]
]

/**
 * Words of Latin script are 1 token and one more for each 3.2 letters above 5 (in prose that is about characters / 4.4,
 * in dense text characters / 3.2), a CJK character is 1, every message 4 more. Marked as an estimate wherever it is shown.
 */
export function estimateTokens(messages: readonly Message[]): number {
  let sum = 0
  for (const message of messages) sum += tokensOf(message)
  return sum
}

/** What a request asks, apart from its messages. */
export interface Asked extends Partial<Pick<LLMRequest, 'tools' | 'response_format'>> {
  readonly model: string
  readonly thinking?: unknown
}

/** What goes with the messages of a request: the model's own surroundings, tools, and the schema of the answer. */
export function estimateOverhead(request: Asked, messages: readonly Message[] = []): number {
  const { model, tools, response_format, thinking } = request
  const around = families.find(([family]) => family.test(model))?.[1] ?? {}
  let sum = opening + (around.base ?? 0)
  if (around.frame !== undefined) sum += (around.frame - frame) * messages.length
  if (around.picture !== undefined)
    for (const message of messages) sum += (around.picture - picture) * largePictures(message)
  if (tools?.length) sum += (around.tools ?? 0) + 8 + 6 * tools.length + schemaTokens(tools)
  if (response_format) sum += (around.format ?? 30) + schemaTokens(response_format)
  if (isRecord(thinking) ? thinking.type !== 'disabled' : model.endsWith(':thinking')) sum += around.thinking ?? 0
  return Math.round(sum)
}

const counted = new WeakMap<Message, number>()

function tokensOf(message: Message): number {
  const known = counted.get(message)
  if (known !== undefined) return known
  let sum = frame + contentTokens(message.content)
  for (const { function: called } of message.tool_calls ?? [])
    sum += 8 + textTokens(called.name) + textTokens(called.arguments)
  if (message.tool_call_id !== undefined) sum += 4
  if (message.native) sum += sealed(message.native.content) / 7
  const tokens = Math.ceil(sum)
  if (Object.isFrozen(message)) counted.set(message, tokens)
  return tokens
}

function contentTokens(content: Message['content']): number {
  if (typeof content === 'string') return textTokens(content)
  let sum = 0
  for (const part of content ?? []) {
    const { text } = part as { text?: unknown }
    if (typeof text === 'string') sum += textTokens(text)
    else sum += part.type.includes('image') ? pictureTokens(part) : attachment
  }
  return sum
}

function largePictures({ content }: Message): number {
  if (typeof content === 'string') return 0
  return content?.filter(part => part.type.includes('image') && pictureTokens(part) === picture).length ?? 0
}

function pictureTokens(part: ContentPart): number {
  const { url } = (part as { image_url?: { url?: unknown } }).image_url ?? {}
  if (typeof url !== 'string' || !url.startsWith('data:')) return picture
  return Math.min(picture, smallestPicture + url.length / lettersOfPictureToken)
}

/** Schemas go to models in a form that is shorter than JSON: names, descriptions and choices, and a little around them. */
function schemaTokens(value: unknown, depth = 0): number {
  if (depth > 64 || typeof value !== 'object' || value === null) return 0
  let sum = 0
  for (const [name, member] of Object.entries(value)) {
    if (name === 'properties' && isRecord(member)) {
      for (const [property, schema] of Object.entries(member))
        sum += 3 + textTokens(property) + schemaTokens(schema, depth + 2)
    } else if (typeof member === 'string') sum += name === 'description' || name === 'name' ? 1 + textTokens(member) : 0
    else if (name === 'enum') sum += textTokens(JSON.stringify(member))
    else sum += schemaTokens(member, depth + 1)
  }
  return sum
}

/** Letters of reasoning that goes back to its provider unread. */
function sealed(value: unknown, depth = 0): number {
  if (depth > 8 || typeof value !== 'object' || value === null) return 0
  let length = 0
  for (const [name, member] of Object.entries(value)) {
    if (name === 'encrypted_content' && typeof member === 'string') length += member.length
    else length += sealed(member, depth + 1)
  }
  return length
}

/** One pass over the text. */
export function textTokens(text: string): number {
  let tokens = 0
  let letters = 0
  let digits = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if ((code | 32) >= 97 && (code | 32) <= 122) {
      letters++
      continue
    }
    if (letters > 0) {
      tokens += wordTokens(letters)
      letters = 0
    }
    if (code >= 48 && code <= 57) {
      if (digits++ % 3 === 0) tokens++
      continue
    }
    digits = 0
    if (code === 32) continue
    if (code < 128) tokens += code === 10 ? 0.5 : 0.7
    else if (code >= 0x2e80) tokens += 1
    else tokens += 0.5
  }
  return tokens + (letters > 0 ? wordTokens(letters) : 0)
}

function wordTokens(letters: number): number {
  if (letters <= 6) return 1
  return letters <= 16 ? 1 + (letters - 6) / 5 : 3 + (letters - 16) / 3.2
}
