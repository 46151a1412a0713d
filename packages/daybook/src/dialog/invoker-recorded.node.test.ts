import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { asDaybookError, type DaybookError } from '../errors.js'
import { type LLMFact, type LLMResponse, withTarget } from '../llm/llm.js'
import { priced } from '../llm/priced.js'
import { providerLlm } from '../llm/providers.js'
import { Dialog } from './dialog.js'
import { createInvoker, type InvokeResult } from './invoker.js'
import { tagParser } from './parser.js'
import { createPrompt, type PromptOptions } from './prompt.js'
import { tool } from './tool.js'

/**
 * The calls that LLLM's own invoker made on recorded answers: the same dialogs and parameters through ours, what comes
 * of them, and what is sent. Where we differ, a table says why; a difference that is in no table fails.
 */
const fixtures =
  process.env.DAYBOOK_FIXTURES ?? fileURLToPath(new URL('../../../../../shared/fixtures', import.meta.url))
const folder = pathToFileURL(`${fixtures}/`)
const present = existsSync(new URL('lllm/invoker.json', folder))
if (!present) console.warn('recorded answers not present')

interface Case {
  readonly case: string
  readonly model: string
  readonly apiType: 'completion' | 'response'
  readonly dialog: 'plain' | 'tools' | 'format' | 'image' | 'parser'
  readonly stream: boolean
  readonly modelArgs: Readonly<Record<string, unknown>>
}

interface Result {
  readonly content: string
  readonly functionCalls: readonly { id: string; name: string; arguments: unknown }[]
  readonly parsed: Readonly<Record<string, unknown>>
  readonly hasErrors: boolean
  readonly usage: Readonly<Record<string, number>>
  readonly handlerChunks: { readonly joined: string } | null
}

type Replayed = Case & { readonly result?: Result; readonly raised?: { readonly type: string } }
type Sent = Case & { readonly request: { readonly path: string; readonly body: Json } }
// Bodies are taken apart and put together again: their shape is what is tested.
// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes
type Json = any

function casesOf<Entry>(name: string): readonly Entry[] {
  return present ? JSON.parse(readFileSync(new URL(`lllm/${name}.json`, folder), 'utf8')).cases : []
}

function answerTo(id: string, file: string): string {
  return readFileSync(new URL(`open/${id}/${file}`, folder), 'utf8')
}

/** The contracts of the dialogs, as the recordings describe them. */
const contracts: Record<Case['dialog'], Partial<PromptOptions>> = {
  plain: {},
  image: {},
  tools: {
    tools: [
      tool({
        name: 'get_weather',
        description: 'Get the weather',
        inputSchema: {
          type: 'object',
          properties: { city: { type: 'string' }, unit: { type: 'string' } },
          required: ['city'],
          additionalProperties: false
        },
        execute: () => '18C'
      })
    ]
  },
  format: { format: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
  get parser() {
    return { parser: tagParser({ xmlTags: ['answer'] }) }
  }
}

async function dialogOf(kind: Case['dialog']): Promise<Dialog> {
  const dialog = new Dialog()
  dialog.putPrompt(createPrompt({ template: 'You are helpful.', ...contracts[kind] }), {}, { role: 'system' })
  dialog.putText('Hello é 😀')
  if (kind === 'image') await dialog.putImage('iVBORw0KGgo=', { caption: 'see this' })
  if (kind === 'tools') {
    const made = {
      id: 'call_1',
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city": "Paris"}' }
    } as const
    dialog.append({ role: 'assistant', content: null, tool_calls: [made] })
    dialog.append({ role: 'tool', tool_call_id: 'call_1', content: '18C' })
    dialog.putText('And London?')
  }
  return dialog
}

interface Replay {
  readonly result: InvokeResult | undefined
  readonly error: DaybookError | undefined
  readonly told: string
  readonly path: string
  readonly body: Json
  /** What the provider does not take. */
  readonly dropped: readonly string[]
}

const keys = Object.fromEntries(
  ['openai', 'anthropic', 'groq', 'openrouter', 'deepseek', 'xai', 'mistral'].map(name => [name, 'a-key-for-tests'])
)

/** The call, on the answer that was recorded. Made once for all tests. */
function replay(entry: Case): Promise<Replay> {
  const known = replays.get(entry.case) ?? replayed(entry)
  replays.set(entry.case, known)
  return known
}

const replays = new Map<string, Promise<Replay>>()

async function replayed({ case: id, model, apiType, dialog, stream, modelArgs }: Case): Promise<Replay> {
  const seen = { told: '', path: '', body: {}, dropped: [] as readonly string[] }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen.path = new URL(String(input)).pathname
    seen.body = JSON.parse(String(init?.body))
    const headers = JSON.parse(answerTo(id, 'response.headers.json'))
    return new Response(answerTo(id, 'response.body'), { status: Number(answerTo(id, 'response.status')), headers })
  }
  const llm = priced(providerLlm({ keys, fetch }))
  const report = (fact: LLMFact): void => {
    if (fact.type === 'dropped') seen.dropped = fact.parameters
  }
  const invoker = createInvoker({
    llm: withTarget((request, options) => llm(request, { ...options, report }), llm.target)
  })
  const streamHandler = {
    handleChunk(text: string) {
      seen.told += text
    }
  }
  // How often a client asks again is no parameter of the request.
  const { max_retries: _max, num_retries: _num, ...parameters } = modelArgs
  const options = { model, apiType, modelArgs: { ...parameters, stream }, streamHandler }
  return invoker.call(await dialogOf(dialog), options).then(
    result => ({ ...seen, result, error: undefined }),
    thrown => ({ ...seen, result: undefined, error: asDaybookError(thrown) })
  )
}

const near = (a: number | null | undefined, b: number | undefined): boolean =>
  typeof a === 'number' && b !== undefined && Math.abs(a - b) <= 1e-9

/** In which fields a replay differs from what LLLM made of the same answer. */
function differences({ result: theirs, raised }: Replayed, { result: ours, error, told }: Replay): string {
  if (!theirs || !ours) return raised?.type === error?.name ? '' : error ? 'error' : 'outcome'
  const { message, rawResponse, cost } = ours
  const { usage } = theirs
  const theirCost = usage.response_cost ?? (usage.prompt_cost ?? 0) + (usage.completion_cost ?? 0)
  const same: Record<string, boolean> = {
    text: (message.content ?? '') === theirs.content,
    calls: isDeepStrictEqual(callsOf(rawResponse), theirs.functionCalls),
    parsed: isDeepStrictEqual(message.parsed ?? {}, theirs.parsed),
    hasErrors: ours.hasErrors === theirs.hasErrors,
    input: cost.inputTokens === (usage.prompt_tokens ?? usage.input_tokens),
    output: cost.outputTokens === (usage.completion_tokens ?? usage.output_tokens),
    cost: near(cost.costUsd ?? 0, theirCost),
    told: theirs.handlerChunks === null || told === theirs.handlerChunks.joined
  }
  return Object.keys(same)
    .filter(field => !same[field])
    .join(' ')
}

function callsOf({ tool_calls }: LLMResponse): unknown {
  return tool_calls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args }))
}

/** Where we differ on purpose: why, and in what. */
const different: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'LLLM fails where the content is null, though the answer is good': {
    'anthropic-messages-37': 'outcome',
    'groq-chat-04': 'outcome',
    'openai-chat-01': 'outcome',
    'openai-chat-03': 'outcome',
    'openai-chat-05': 'outcome',
    'openai-chat-06': 'outcome',
    'openai-chat-10': 'outcome',
    'openai-chat-12': 'outcome',
    'openai-chat-27': 'outcome',
    'xai-chat-02': 'outcome'
  },
  'LiteLLM fails on a good stream': {
    'groq-chat-05': 'outcome',
    'openai-responses-03': 'outcome',
    'openai-responses-09': 'outcome',
    'openai-responses-13': 'outcome'
  },
  'the class says what happened: arguments that were refused, a quota that is used up': {
    'groq-chat-03': 'error',
    'openai-responses-36': 'error',
    'openai-responses-37': 'error'
  },
  'LLLM loses the tool calls of this stream; where there are calls, nothing is parsed': {
    'anthropic-messages-02': 'calls',
    'anthropic-messages-10': 'calls',
    'anthropic-messages-12': 'calls parsed hasErrors cost'
  },
  'LLLM writes the calls into the text, in place of what the model said': {
    'anthropic-messages-21': 'text',
    'deepseek-chat-01': 'text',
    'deepseek-chat-02': 'text',
    'openai-chat-18': 'text',
    'openai-responses-21': 'text'
  },
  'calls that the provider runs itself are not calls for us': { 'anthropic-messages-30': 'text calls' },
  'the stream tells no usage, and we do not guess': { 'openai-chat-08': 'input output cost' },
  "LiteLLM guesses the usage of a stream, we take the provider's": {
    'openrouter-chat-05': 'input output cost',
    'openrouter-chat-07': 'input output cost',
    'xai-chat-01': 'input output cost'
  },
  'xAI counts reasoning beside the output, which includes it here': { 'xai-chat-04': 'output' },
  'LLLM knows no cost for what it streams by the Responses API': {
    'openai-responses-05': 'cost',
    'openai-responses-06': 'text cost',
    'openai-responses-10': 'cost',
    'openai-responses-11': 'cost',
    'openai-responses-12': 'cost',
    'openai-responses-14': 'cost'
  },
  'its price table is older, and lacks the price': {
    'openai-chat-07': 'cost',
    'openai-responses-17': 'cost',
    'openai-responses-19': 'text cost'
  },
  'our price table is newer, and has dropped the model': { 'openai-chat-28': 'cost' }
}
const expected = new Map(Object.values(different).flatMap(table => Object.entries(table)))

describe.runIf(present)('what LLLM made of recorded answers', () => {
  test.for(casesOf<Replayed>('invoker').map(entry => [entry.case, entry] as const))('%s', async ([id, entry]) => {
    const made = await replay(entry)
    expect(differences(entry, made)).toBe(expected.get(id) ?? '')
    if (!made.result) return
    // Where LLLM may be wrong, the provider's own client says what is right.
    const { text, toolCalls } = JSON.parse(answerTo(id, 'expected.json'))
    expect(made.result.message.content ?? '').toBe(text ?? '')
    const own = toolCalls.map((call: Json) => ({
      id: call.id ?? expect.any(String),
      name: call.name,
      arguments: call.arguments
    }))
    expect(callsOf(made.result.rawResponse)).toEqual(own)
    if (entry.stream) expect(made.told).toBe(text ?? '')
  })

  test('the table names recordings that there are', () => {
    const ids = casesOf<Replayed>('invoker').map(entry => entry.case)
    expect([...expected.keys()].filter(id => !ids.includes(id))).toEqual([])
  })
})

interface Rule {
  readonly why: string
  /** Changes what LiteLLM sends to what we send. */
  readonly change: (body: Json, entry: Sent, replay: Replay) => void
}

const isPlainText = (content: unknown): content is string => typeof content === 'string'
const provider = ({ model }: Case): string => model.slice(0, model.indexOf('/'))
const isChat = ({ request }: Sent): boolean => request.path === '/v1/chat/completions'
const isMessages = ({ request }: Sent): boolean => request.path === '/v1/messages'
const isResponses = ({ request }: Sent): boolean => request.path === '/v1/responses'
/** What stands first of all where a provider or a model knows no schemas. */
const inWords = 'Answer with one JSON value that fits this JSON Schema'

const rules: readonly Rule[] = [
  {
    why: 'what the provider does not take is dropped, and said',
    change(body, _entry, { dropped }) {
      // Penalties are Chat Completions' alone; some models take one of the other two, or none.
      expect(['temperature', 'top_p', 'frequency_penalty']).toEqual(expect.arrayContaining([...dropped]))
      for (const name of dropped) delete body[name]
    }
  },
  {
    why: 'whether to stream is said in every case',
    change(body, { stream }) {
      body.stream = stream
    }
  },
  {
    why: 'only who has a name is sent with one: nobody is called user',
    change(body) {
      for (const message of body.messages ?? body.input) if (message.name === message.role) delete message.name
      for (const message of body.messages ?? body.input) if (message.name === 'system') delete message.name
    }
  },
  {
    why: 'a result names its call by id alone',
    change(body) {
      for (const message of body.messages ?? body.input) if (message.role === 'tool') delete message.name
    }
  },
  {
    why: 'calls are calls, and not told as text too',
    change(body) {
      for (const message of body.messages ?? body.input) {
        if (message.role !== 'assistant') continue
        if (isPlainText(message.content)) message.content = null
        else message.content = message.content.filter(({ type }: Json) => type !== 'text')
      }
    }
  },
  {
    why: 'a picture has its own media type',
    change(body) {
      for (const { content } of body.messages ?? []) {
        if (isPlainText(content)) continue
        for (const { image_url, source } of content ?? []) {
          if (image_url) image_url.url = image_url.url.replace('image/jpeg', 'image/png')
          if (source) source.media_type = 'image/png'
        }
      }
    }
  },
  {
    why: 'OpenAI has a newer name for the limit, which all its models take',
    change(body, entry) {
      if (!isChat(entry) || provider(entry) !== 'openai' || body.max_tokens === undefined) return
      body.max_completion_tokens = body.max_tokens
      delete body.max_tokens
    }
  },
  {
    why: 'a system message is one, also for models that call it by another name',
    change(body, entry) {
      if (isChat(entry)) for (const message of body.messages) if (message.role === 'developer') message.role = 'system'
    }
  },
  {
    why: 'a strict schema has all its properties required, those that may be left out as null',
    change(body, entry) {
      for (const { function: called } of isMessages(entry) ? [] : (body.tools ?? [])) {
        if (!['openai', 'openrouter'].includes(provider(entry))) continue
        called.parameters.properties.unit.type = ['string', 'null']
        called.parameters.required = ['city', 'unit']
      }
    }
  },
  {
    why: 'only who knows strict schemas is asked for them',
    change(body, entry) {
      const strict = ['openai', 'openrouter'].includes(provider(entry))
      for (const { function: called } of isChat(entry) && !strict ? (body.tools ?? []) : []) delete called.strict
      for (const tool of isMessages(entry) ? (body.tools ?? []) : []) tool.strict = true
    }
  },
  {
    why: 'the schema of a format is sent in the way of each provider, not only that it be JSON',
    change(body, entry, { body: sent }) {
      if (entry.dialog !== 'format') return
      const schema = createPrompt({ template: '', ...contracts.format }).format?.jsonSchema
      const closed = { ...schema, additionalProperties: false }
      if (isMessages(entry)) {
        const known = entry.model !== 'anthropic/claude-3-5-sonnet-20240620'
        if (known) body.output_config = { format: { type: 'json_schema', schema: closed } }
        else tellInWords(body.system[0], sent.system)
      } else if (['deepseek', 'groq'].includes(provider(entry))) tellInWords(body.messages[0], sent.messages[0].content)
      else {
        const strict = ['openai', 'openrouter'].includes(provider(entry))
        const json_schema = { name: 'answer', schema: strict ? closed : schema, strict: true }
        body.response_format = { type: 'json_schema', json_schema }
      }
    }
  },
  {
    why: 'OpenRouter says what was used in any case',
    change(body) {
      delete body.usage
    }
  },
  {
    why: 'what nobody asked for is not sent: a limit of 32,000 tokens, and what is so anyway',
    change(body, entry) {
      if (isResponses(entry)) for (const name of ['max_output_tokens', 'tool_choice', 'truncation']) delete body[name]
    }
  },
  {
    why: 'the Responses API has items and tools of its own form, and no options of a stream',
    change(body, entry) {
      if (!isResponses(entry)) return
      delete body.stream_options
      body.input = body.input.flatMap(({ role, content, tool_calls, tool_call_id }: Json) => {
        if (role === 'tool') return [{ type: 'function_call_output', call_id: tool_call_id, output: content }]
        const calls = (tool_calls ?? []).map(({ id, function: called }: Json) => ({
          type: 'function_call',
          call_id: id,
          ...called
        }))
        return content === null ? calls : [{ type: 'message', role, content }, ...calls]
      })
      if (body.tools) body.tools = body.tools.map(({ type, function: called }: Json) => ({ type, ...called }))
    }
  }
]

/** Adds the schema in words, with the words that were sent. */
function tellInWords(part: Json, sent: string): void {
  expect(sent).toContain(inWords)
  expect(sent).toContain('"required":["city"]')
  const name = part.text === undefined ? 'content' : 'text'
  part[name] += sent.slice(sent.indexOf(`\n\n${inWords}`))
}

/** Two ways to say the same to Anthropic: a text is a list of one text block, and turns of one role are one turn. */
function canonicalTurns(body: Json): Json {
  if (body.messages === undefined) return body
  const blocks = (content: Json): Json => (isPlainText(content) ? [{ type: 'text', text: content }] : content)
  const messages: Json[] = []
  for (const { role, content } of body.messages) {
    const last = messages.at(-1)
    if (last?.role === role) last.content.push(...blocks(content))
    else messages.push({ role, content: [...blocks(content)] })
  }
  return { ...body, messages, system: blocks(body.system) }
}

function asSent(entry: Sent, made: Replay, changes: readonly Rule[]): Json {
  const body = structuredClone(entry.request.body)
  for (const { change } of changes) change(body, entry, made)
  return isMessages(entry) ? canonicalTurns(body) : body
}

describe.runIf(present)('what LiteLLM sent for these calls', () => {
  const sent = casesOf<Sent>('wire-requests')

  test.for(sent.map(entry => [entry.case, entry] as const))('%s', async ([_id, entry]) => {
    const made = await replay(entry)
    expect(made.path.endsWith(entry.request.path.slice('/v1'.length))).toBe(true)
    expect(isMessages(entry) ? canonicalTurns(made.body) : made.body).toEqual(asSent(entry, made, rules))
  })

  test.for(rules.map(rule => [rule.why, rule] as const))('%s: still a difference', async ([_why, rule]) => {
    const made = await Promise.all(sent.map(async entry => [entry, await replay(entry)] as const))
    const others = rules.filter(other => other !== rule)
    const needed = made.filter(([entry, call]) => {
      const body = isMessages(entry) ? canonicalTurns(call.body) : call.body
      try {
        return !isDeepStrictEqual(asSent(entry, call, others), body)
      } catch {
        return true
      }
    })
    expect(needed.length).toBeGreaterThan(0)
  })
})
