import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isRecord } from '../json.js'
import type { ContentPart, Message } from '../llm/llm.js'
import { type Asked, estimateOverhead, estimateTokens } from './tokens.js'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const folder = join(process.env.DAYBOOK_FIXTURES ?? join(root, '../shared/fixtures'), 'open')
const present = existsSync(folder)

type Body = Readonly<Record<string, unknown>>
interface Case {
  readonly id: string
  readonly real: number
  readonly estimate: number
  readonly off: number
}

const json = (path: string): Body => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Body

/** Any API's item as a message of ours: its texts, its pictures, and what it calls. */
function messageOf(item: unknown): Message {
  const parts: ContentPart[] = []
  const calls: { name: string; arguments: string }[] = []
  const sealed: string[] = []
  const look = (value: unknown): void => {
    if (typeof value === 'string') parts.push({ type: 'text', text: value })
    else if (Array.isArray(value)) value.forEach(look)
    else if (isRecord(value)) {
      const { type, function: called, name, arguments: written, input, args, encrypted_content } = value
      if (/^(input_)?image(_url)?$/.test(String(type)))
        parts.push({ type: 'image_url', image_url: { url: pictureOf(value) } })
      else if (isRecord(called)) calls.push({ name: String(called.name), arguments: String(called.arguments) })
      else if (typeof name === 'string' && (written ?? input ?? args) !== undefined) {
        const given = written ?? input ?? args
        calls.push({ name, arguments: typeof given === 'string' ? given : JSON.stringify(given) })
      } else {
        if (typeof encrypted_content === 'string') sealed.push(encrypted_content)
        for (const [member, inner] of Object.entries(value)) if (!quiet.has(member)) look(inner)
      }
    }
  }
  if (isRecord(item)) {
    const { role, ...rest } = item
    look(rest)
    return {
      role: role === 'user' ? 'user' : 'assistant',
      content: parts,
      tool_calls: calls.map((called, index) => ({ id: `${index}`, type: 'function', function: called })),
      ...(sealed.length > 0 ? { native: { api: 'responses', content: [{ encrypted_content: sealed.join('') }] } } : {})
    }
  }
  look(item)
  return { role: 'user', content: parts }
}

const pictureOf = ({ source, image_url }: Body): string => {
  if (isRecord(source) && typeof source.data === 'string') return `data:image/png;base64,${source.data}`
  return String(isRecord(image_url) ? image_url.url : image_url)
}

const quiet = new Set(
  'type id role name signature encrypted_content cache_control tool_use_id call_id tool_call_id status annotations reasoning summary'.split(
    ' '
  )
)

/** What a provider adds by itself, such as pages that it found or turns that it kept, is in no request. */
const addedByProvider = (body: Body): boolean =>
  body.previous_response_id !== undefined ||
  body.web_search_options !== undefined ||
  (Array.isArray(body.tools) &&
    body.tools.some(
      tool => isRecord(tool) && typeof tool.type === 'string' && !['function', 'custom'].includes(tool.type)
    ))

function estimateOf(body: Body): number {
  const { messages, input, contents, system, instructions, systemInstruction } = body
  const items = [messages ?? input ?? contents ?? []].flat()
  const all = [system, instructions, systemInstruction].filter(Boolean).concat(items).map(messageOf)
  const { generationConfig, text, output_config, functions, reasoning } = body
  const schema = isRecord(generationConfig) ? generationConfig.responseSchema : (text ?? output_config)
  const request = {
    ...body,
    model: String(body.model ?? 'gemini'),
    tools: body.tools ?? functions,
    response_format: body.response_format ?? schema,
    reasoning_effort: body.reasoning_effort ?? (isRecord(reasoning) ? reasoning.effort : undefined)
  } as unknown as Asked
  return estimateTokens(all) + estimateOverhead(request, all)
}

describe.skipIf(!present)(`estimates${present ? '' : ' (recorded answers not present)'}`, () => {
  const index = present
    ? (JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { id: string; api: string }[])
    : []
  const cases: Case[] = []
  let unknown = 0
  for (const { id, api } of index) {
    if (!existsSync(join(folder, id, 'request.json'))) continue
    const { body: recorded } = json(`${id}/request.json`)
    const body = (typeof recorded === 'string' ? JSON.parse(recorded) : recorded) as Body
    const { usage } = json(`${id}/expected.json`)
    if (!isRecord(usage) || typeof usage.input !== 'number') continue
    if (addedByProvider(body)) {
      unknown++
      continue
    }
    const cached = api === 'messages' ? Number(usage.cachedRead ?? 0) + Number(usage.cacheWrite ?? 0) : 0
    const real = usage.input + cached
    const estimate = estimateOf(body)
    cases.push({ id, real, estimate, off: estimate / real - 1 })
  }

  test('95 % are within 35 % of what providers counted', () => {
    const sorted = cases.toSorted((a, b) => a.off - b.off)
    const at = (share: number): string =>
      `${Math.round((sorted[Math.round(share * (sorted.length - 1))]?.off ?? 0) * 100)} %`
    const outside = sorted.filter(({ off }) => Math.abs(off) > 0.35)
    console.info(
      `${cases.length} requests, ${unknown} more to which providers added text of their own. Error at 0/5/25/50/75/95/100 %: ` +
        [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map(at).join(', ') +
        `. Outside: ${outside.map(({ id, real, estimate }) => `${id} ${estimate} for ${real}`).join('; ')}`
    )
    expect(cases.length).toBeGreaterThan(70)
    expect(outside.length / cases.length).toBeLessThanOrEqual(0.05)
  })
})
