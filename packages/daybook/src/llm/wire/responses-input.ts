/** Renders the messages of a request as items of OpenAI's Responses. */
import type { Message } from '../llm.js'
import type { Profile } from './profile.js'
import { list, record, text } from './wire.js'

type Fields = Readonly<Record<string, unknown>>

/** The messages, in their order, as the items that this format asks with. */
export function inputOf(messages: readonly Message[], profile: Profile): readonly unknown[] {
  const input: unknown[] = []
  const computerCalls = new Map<unknown, Fields>()
  let notes: Fields[] = []
  for (const message of messages) {
    const { role, content, native } = message
    if (role === 'tool') {
      const call = computerCalls.get(message.tool_call_id)
      if (call) notes.push(...screenshotOf(message, call, input))
      else input.push({ type: 'function_call_output', call_id: message.tool_call_id, output: outputOf(content) })
      continue
    }
    for (const note of notes) input.push(note) // after all results, so that nothing stands between a call and its own
    notes = []
    if (native?.api === 'responses' && (native.provider ?? profile.provider) === profile.provider) {
      for (const item of list(native.content)) {
        input.push(item)
        const { type, call_id } = record(item)
        if (type === 'computer_call') computerCalls.set(call_id, record(item))
      }
    } else if (role === 'assistant') {
      const said = partsOf(content, 'output_text')
      if (said.length > 0) input.push({ type: 'message', role, content: said })
      for (const call of list(message.tool_calls)) input.push(callOf(record(call)))
    } else {
      input.push({
        type: 'message',
        role: role === 'user' ? role : (profile.systemRole ?? 'system'),
        content: saidIn(content)
      })
    }
  }
  return [...input, ...notes]
}

function saidIn(content: Message['content']): unknown {
  return typeof content === 'string' ? content : partsOf(content, 'input_text')
}

function partsOf(content: Message['content'], type: 'input_text' | 'output_text'): readonly Fields[] {
  if (typeof content === 'string') return content === '' ? [] : [partOf({ type: 'text', text: content }, type)]
  return list(content).map(part => partOf(record(part), type))
}

/** A part in this format's words; what is in them already goes as it is. */
function partOf(part: Fields, type: 'input_text' | 'output_text'): Fields {
  switch (part.type) {
    case 'text':
      return { type, text: part.text, ...(type === 'output_text' ? { annotations: [] } : {}) }
    case 'image_url': {
      const { url, detail = 'auto' } = record(part.image_url)
      return { type: 'input_image', image_url: url, detail }
    }
    case 'file': {
      const file = record(part.file)
      return { type: 'input_file', ...(file.file_data ? { filename: 'file.pdf' } : {}), ...file }
    }
    default:
      return part
  }
}

function callOf({ id, function: called }: Fields): Fields {
  const { name, arguments: written } = record(called)
  return { type: 'function_call', call_id: id, name, arguments: text(written).trim() || '{}' }
}

function outputOf(content: Message['content']): unknown {
  return typeof content === 'string' ? content : Array.isArray(content) ? partsOf(content, 'input_text') : ''
}

/** A white picture of 64 x 64. */
const blank =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQAAAACCEkxzAAAAEklEQVR42mP4DwUMo4xRBukMAOPT/hAC2mzjAAAAAElFTkSuQmCC'

/**
 * The result of a computer call must be a screenshot, and only that. What is said instead of it or beside it, such as a
 * refusal, follows as a message of the user, and where there is no screenshot a blank one stands for it. The safety
 * checks of the call were shown with its arguments: whoever answers it has acknowledged them.
 */
function screenshotOf({ content }: Message, call: Fields, input: unknown[]): readonly Fields[] {
  const { call_id, pending_safety_checks: checks } = call
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : list(content).map(record)
  const image = parts.find(({ type }) => type === 'image_url')
  input.push({
    type: 'computer_call_output',
    call_id,
    output: { type: 'computer_screenshot', image_url: image ? record(image.image_url).url : blank },
    ...(list(checks).length > 0 ? { acknowledged_safety_checks: checks } : {})
  })
  const said = parts.map(part => text(part.text)).join('')
  if (said === '') return []
  return [{ type: 'message', role: 'user', content: `Result of the call ${String(call_id)}: ${said}` }]
}
