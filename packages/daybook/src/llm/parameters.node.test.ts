import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { LLMRequest } from './llm.js'
import { fitted, profileOf } from './parameters.js'
import { renderChat } from './wire/chat-request.js'
import { renderMessages } from './wire/messages-request.js'

const folder = `${process.env.DAYBOOK_FIXTURES ?? '../shared/fixtures'}/params`
const present = existsSync(folder)

interface Vector {
  readonly provider: string
  readonly model: string
  readonly input: Readonly<Record<string, unknown>>
  readonly output: Readonly<Record<string, unknown>>
  readonly raises?: string | null
}

const vectors = (name: string): readonly Vector[] =>
  present ? JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')).cases : []

/** Their names of our providers. `ollama` is there the old API without tools; here both are the one that has them. */
const ours: Readonly<Record<string, string>> = { ollama_chat: 'ollama', cohere_chat: 'cohere' }

/** What each name on a wire, theirs or ours, stands for. */
const meaning: Readonly<Record<string, string>> = {
  max_completion_tokens: 'max_tokens',
  max_output_tokens: 'max_tokens',
  num_predict: 'max_tokens',
  stop_sequences: 'stop',
  random_seed: 'seed',
  candidate_count: 'n',
  num_generations: 'n',
  p: 'top_p',
  repeat_penalty: 'frequency_penalty',
  response_mime_type: 'response_format',
  json_mode: 'response_format',
  output_config: 'response_format',
  format: 'response_format',
  functions_unsupported_model: 'tools',
  responseLogprobs: 'logprobs',
  metadata: 'user',
  think: 'reasoning_effort',
  thinkingConfig: 'reasoning_effort',
  _add_reasoning_prompt: 'reasoning_effort'
}

const named = (name: string): string => meaning[name] ?? name

/** The parameters of the input that a body holds, under whatever name. */
function surviving(input: Vector['input'], body: Readonly<Record<string, unknown>>): string {
  const { extra_body, ...top } = body
  const all: Record<string, unknown> = { ...top, ...(extra_body as object | undefined) }
  const held = new Set(
    Object.keys(all)
      .filter(name => all[name] !== undefined)
      .map(named)
  )
  // `thinking` and an effort stand for each other.
  if (held.has('thinking') || held.has('reasoning_effort')) held.add('thinking').add('reasoning_effort')
  const { disable_parallel_tool_use } = (all.tool_choice ?? {}) as { disable_parallel_tool_use?: boolean }
  if (disable_parallel_tool_use) held.add('parallel_tool_calls')
  // A tool whose arguments are the answer.
  if (JSON.stringify(all.tools ?? []).includes('json_tool_call')) held.add('response_format')
  const words = JSON.stringify([all.messages, all.system])
  if (words.includes('Answer with one JSON')) held.add('response_format')
  const names = new Set(Object.keys(input).map(named))
  return [...names]
    .filter(name => held.has(name))
    .sort()
    .join(' ')
}

function sent({ provider: theirs, model, input }: Vector) {
  const provider = ours[theirs] ?? theirs
  const profile = profileOf(provider)
  const request = { ...input, model, messages: [{ role: 'user', content: 'Hi' }], stream: false } as LLMRequest
  const fit = fitted(request, profile)
  const render = provider === 'anthropic' ? renderMessages : renderChat
  const { body, dropped } = render(fit.request, profile)
  return { held: surviving(input, body), dropped: [...fit.dropped, ...dropped] }
}

/** What we answer otherwise on purpose: whose, which parameter, and why. `*` is everybody. */
interface Difference {
  readonly reason: string
  readonly of: readonly (readonly [provider: string, parameter: string])[]
}

const differences: readonly Difference[] = [
  {
    reason: 'a provider that we do not have: nothing is known of it, and so nothing left out',
    of: [['sambanova', '*']]
  },
  {
    reason: 'Gemini’s OpenAI-compatible address refuses names that its native one knows',
    of: [
      ['gemini', 'frequency_penalty'],
      ['gemini', 'presence_penalty'],
      ['gemini', 'logprobs'],
      ['gemini', 'thinking']
    ]
  },
  {
    reason: 'Cohere’s OpenAI-compatible address takes the form of an answer and a limit by any name, and no n',
    of: [
      ['cohere_chat', 'response_format'],
      ['cohere_chat', 'max_tokens'],
      ['cohere_chat', 'n']
    ]
  },
  {
    reason: 'Ollama’s OpenAI-compatible address takes both penalties, and tools for all models, but no choice of them',
    of: [
      ['ollama', 'presence_penalty'],
      ['ollama_chat', 'presence_penalty'],
      ['ollama_chat', 'frequency_penalty'],
      ['ollama_chat', 'tool_choice']
    ]
  },
  { reason: 'a limit is kept under the name that xAI knows, not lost', of: [['xai', 'max_tokens']] },
  {
    reason: 'DeepSeek takes `thinking` and an effort; there they are accepted and lost',
    of: [
      ['deepseek', 'thinking'],
      ['deepseek', 'reasoning_effort']
    ]
  },
  { reason: 'Mistral takes the name of one tool', of: [['mistral', 'tool_choice']] },
  {
    reason: 'magistral thinks by itself; there a prompt is added that asks it to',
    of: [
      ['mistral', 'reasoning_effort'],
      ['mistral', 'thinking']
    ]
  },
  {
    reason: 'Groq and OpenRouter take `user`',
    of: [
      ['groq', 'user'],
      ['openrouter', 'user']
    ]
  },
  { reason: 'Claude refuses temperature and top_p together', of: [['anthropic', 'top_p']] },
  { reason: 'any JSON is asked for in words of Claude 3', of: [['anthropic', 'response_format']] },
  { reason: '`thinking` is Anthropic’s word; vLLM takes an effort', of: [['hosted_vllm', 'thinking']] },
  {
    reason: 'what has no effect is an error in strict mode, not left out without a word',
    of: [['deepseek', 'user']]
  }
]

/** Why we do otherwise with all of these parameters; undefined where one of them has no reason. */
function reasonFor(provider: string, parameters: readonly string[]): string | undefined {
  const reasons = parameters.map(
    parameter =>
      differences.find(({ of }) =>
        of.some(([whose, which]) => whose === provider && (which === '*' || which === parameter))
      )?.reason
  )
  return reasons.includes(undefined) ? undefined : reasons[0]
}

function different(one: string, other: string): readonly string[] {
  const [a, b] = [one.split(' '), other.split(' ')]
  return [...a.filter(name => !b.includes(name)), ...b.filter(name => !a.includes(name))].filter(Boolean)
}

describe.skipIf(!present)(`parameters agree with the vectors${present ? '' : ': recorded answers not present'}`, () => {
  test('what is sent: 504, of which 40 otherwise, for a reason', async () => {
    const cases = vectors('optional-params')
    expect(cases.length).toBe(504)
    const counts: Record<string, number> = {}
    const wrong: string[] = []
    for (const vector of cases) {
      const { provider, model, input, output } = vector
      const { held } = await sent(vector)
      const theirs = surviving(input, output)
      if (held === theirs) continue
      const parameters = different(held, theirs)
      const reason = reasonFor(provider, parameters)
      if (!reason) wrong.push(`${provider}/${model} ${Object.keys(input)}: they "${theirs}", we "${held}"`)
      else counts[reason] = (counts[reason] ?? 0) + 1
    }
    expect(wrong).toEqual([])
    expect(counts).toEqual({
      'a provider that we do not have: nothing is known of it, and so nothing left out': 9,
      'Gemini’s OpenAI-compatible address refuses names that its native one knows': 5,
      'Cohere’s OpenAI-compatible address takes the form of an answer and a limit by any name, and no n': 4,
      'Ollama’s OpenAI-compatible address takes both penalties, and tools for all models, but no choice of them': 2,
      'a limit is kept under the name that xAI knows, not lost': 2,
      'DeepSeek takes `thinking` and an effort; there they are accepted and lost': 6,
      'Mistral takes the name of one tool': 2,
      'magistral thinks by itself; there a prompt is added that asks it to': 3,
      'Groq and OpenRouter take `user`': 3,
      'Claude refuses temperature and top_p together': 2,
      'any JSON is asked for in words of Claude 3': 1,
      '`thinking` is Anthropic’s word; vLLM takes an effort': 1
    })
  })

  test('what is an error in strict mode: 154, of which 6 otherwise, for a reason', async () => {
    const cases = vectors('raises')
    expect(cases.length).toBe(154)
    const counts: Record<string, number> = {}
    const wrong: string[] = []
    for (const vector of cases) {
      const { provider, model, input, raises } = vector
      const { dropped } = await sent(vector)
      if (dropped.length > 0 === Boolean(raises)) continue
      const reason = reasonFor(provider, dropped.length > 0 ? dropped : Object.keys(input).map(named))
      if (!reason) wrong.push(`${provider}/${model} ${Object.keys(input)}: they ${raises}, we "${dropped}"`)
      else counts[reason] = (counts[reason] ?? 0) + 1
    }
    expect(wrong).toEqual([])
    expect(counts).toEqual({
      'Claude refuses temperature and top_p together': 1,
      'Gemini’s OpenAI-compatible address refuses names that its native one knows': 1,
      'Ollama’s OpenAI-compatible address takes both penalties, and tools for all models, but no choice of them': 2,
      'a limit is kept under the name that xAI knows, not lost': 1,
      'what has no effect is an error in strict mode, not left out without a word': 1
    })
  })
})
