import { expect, test } from 'vitest'
import type { Warning } from '../host.js'
import type { LLMResponse, Message } from '../llm/llm.js'
import { newestTurns } from './context.js'
import { contextWindow } from './context-window.js'
import { Dialog } from './dialog.js'
import type { InvokeResult } from './invoker.js'

/** Every letter is a token, so that sizes can be seen. */
const letters = (messages: readonly Message[]): number =>
  messages.reduce((sum, { content }) => sum + (typeof content === 'string' ? content.length : 0), 0)

function setUp() {
  const warnings: Warning[] = []
  const host = { warn: (warning: Warning) => void warnings.push(warning) }
  return { manager: newestTurns({ countTokens: letters, host }), warnings }
}

const system: Message = { role: 'system', content: 'ssss' }
const user = (content: string): Message => ({ role: 'user', content })
const assistant = (content: string): Message => ({ role: 'assistant', content })
const calling = (...ids: string[]): Message => ({
  role: 'assistant',
  content: 'cc',
  tool_calls: ids.map(id => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }))
})
const result = (id: string): Message => ({ role: 'tool', tool_call_id: id, content: 'rr' })
/** What a limit leaves for messages of so many letters. */
const roomFor = (tokens: number): { maxInputTokens: number } => ({ maxInputTokens: Math.ceil(tokens / 0.98) })
const said = (messages: readonly Message[]): string => messages.map(({ content }) => content).join(' ')

test('what fits is the same list, and nothing is cut', () => {
  const { manager, warnings } = setUp()
  const messages = [system, user('one'), assistant('two')]
  const fitted = manager.fit(messages, roomFor(10))
  expect(fitted.messages).toBe(messages)
  expect(fitted).toMatchObject({ cut: [], estimatedTokens: 10 })
  expect(manager.fit([], roomFor(1))).toMatchObject({ messages: [], cut: [] })
  expect(warnings).toEqual([])
})

test('the newest turns stay, with the system message; what is cut is told, from the oldest on', () => {
  const { manager } = setUp()
  const messages = [system, user('u1'), assistant('a1'), user('u2'), assistant('a2'), user('u3')]
  const { messages: kept, cut, estimatedTokens } = manager.fit(messages, roomFor(10))
  expect(said(kept)).toBe('ssss u2 a2 u3')
  expect(said(cut)).toBe('u1 a1')
  expect(estimatedTokens).toBe(10)
})

test('the answer, the tools and a reserve of 2 % are left room', () => {
  const { manager } = setUp()
  const messages = [user('a'.repeat(40)), assistant('b'.repeat(40)), user('c'.repeat(20))]
  const cut = (limits: object): number => manager.fit(messages, { maxInputTokens: undefined, ...limits }).cut.length
  expect(cut({ maxInputTokens: 103 })).toBe(0)
  expect(cut({ maxInputTokens: 102 })).toBe(2)
  expect(cut({ maxInputTokens: 203, maxTokens: 100 })).toBe(0)
  expect(cut({ maxInputTokens: 203, maxTokens: 101 })).toBe(2)
  expect(cut({ maxInputTokens: 113, overheadTokens: 20 })).toBe(2)
  expect(cut({ maxInputTokens: 200, ratio: 1.9 })).toBe(0)
  expect(cut({ maxInputTokens: 200, ratio: 2 })).toBe(2)
})

test('a call of tools and its results stay or go together', () => {
  const { manager } = setUp()
  const messages = [user('u1'), calling('a', 'b'), result('a'), result('b'), assistant('a1'), user('u2')]
  for (let room = 0; room <= 14; room++) {
    const { messages: kept } = manager.fit(messages, roomFor(room))
    const ids = kept.flatMap(({ tool_calls }) => tool_calls?.map(({ id }) => id) ?? [])
    expect(kept.flatMap(({ tool_call_id }) => tool_call_id ?? [])).toEqual(ids)
    expect(kept[0]?.role).toBe('user')
  }
})

test('of a turn that is too long, its beginning and its newest rounds stay', () => {
  const { manager } = setUp()
  const messages = [user('u1'), calling('a'), result('a'), calling('b'), result('b'), calling('c'), result('c')]
  expect(said(manager.fit(messages, roomFor(10)).messages)).toBe('u1 cc rr cc rr')
  // So a question that only says to come to an end does not stand alone.
  expect(said(manager.fit([...messages, user('end')], roomFor(9)).messages)).toBe('u1 cc rr end')
})

test('what the user said last is sent, also where it is too large: the host is warned', () => {
  const { manager, warnings } = setUp()
  const messages = [system, user('u1'), assistant('a1'), user('picture'), user('x'.repeat(500))]
  const { messages: kept, cut } = manager.fit(messages, roomFor(100))
  expect(kept).toEqual([system, messages[3], messages[4]])
  expect(cut).toHaveLength(2)
  expect(warnings).toMatchObject([{ area: 'context', kind: 'turn' }])
})

test('where the limit is not known nothing is cut, and that is said once', () => {
  const { manager, warnings } = setUp()
  const messages = [user('x'.repeat(10_000))]
  expect(manager.fit(messages, { maxInputTokens: undefined, model: 'demo' }).cut).toEqual([])
  manager.fit(messages, { maxInputTokens: undefined })
  expect(warnings).toMatchObject([{ area: 'context', kind: 'limit', message: expect.stringContaining('demo') }])
})

test('whatever is said, it fits or is the newest turn alone, and can be sent', () => {
  const { manager, warnings } = setUp()
  let state = 7
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let round = 0; round < 500; round++) {
    const messages: Message[] = random(2) ? [system] : []
    for (let turn = random(8); turn >= 0; turn--) {
      for (let more = random(2); more >= 0; more--) messages.push(user('u'.repeat(1 + random(9))))
      for (let more = random(3); more > 0; more--) {
        const ids = Array.from({ length: 1 + random(3) }, (_, n) => `${turn}-${more}-${n}`)
        messages.push(calling(...ids), ...ids.map(result))
      }
      if (turn > 0 || random(2)) messages.push(assistant('a'.repeat(1 + random(9))))
    }
    const room = random(80)
    warnings.length = 0
    const { messages: kept, cut, estimatedTokens } = manager.fit(messages, roomFor(room))
    const set = new Set([...kept, ...cut])
    expect(set.size).toBe(kept.length + cut.length)
    expect(messages.every(message => set.has(message))).toBe(true)
    expect(estimatedTokens).toBe(letters(kept))
    expect(kept.find(({ role }) => role !== 'system')?.role).toBe('user')
    expect(kept).toContain(messages.findLast(({ role }) => role === 'user'))
    expect(kept).toContain(messages.at(-1))
    expect(estimatedTokens <= Math.ceil(room / 0.98) || warnings.length === 1).toBe(true)
    const open = new Set<string>()
    for (const { role, tool_calls, tool_call_id } of kept) {
      if (role === 'tool') expect(open.delete(tool_call_id as string)).toBe(true)
      else expect(open.size).toBe(0)
      for (const { id } of tool_calls ?? []) open.add(id)
    }
    expect(open.size).toBe(0)
  }
})

test('a dialog of 20,000 messages is fitted in one pass, and each is counted once', () => {
  let counted = 0
  const countTokens = (messages: readonly Message[]): number => {
    counted += messages.length
    return letters(messages)
  }
  const manager = newestTurns({ countTokens })
  const messages = Array.from({ length: 20_000 }, (_, n) =>
    Object.freeze(n % 2 ? assistant('answer') : user('question'))
  )
  for (let again = 0; again < 3; again++) manager.fit(messages, { maxInputTokens: 1000 })
  expect(counted).toBe(20_000)
})

test('estimates are corrected by what the provider counted of the same request', async () => {
  const ratios: (number | undefined)[] = []
  const { manager, warnings } = setUp()
  const watching: typeof manager = {
    ...manager,
    fit(messages, limits) {
      ratios.push(limits.ratio)
      return manager.fit(messages, limits)
    }
  }
  const window = contextWindow(watching, 'openai/gpt-4-0613', { warn: warning => void warnings.push(warning) })
  const dialog = new Dialog()
  dialog.putText('x'.repeat(1000))
  const after = async (input: number | null, rest: Partial<LLMResponse> = {}): Promise<number | undefined> => {
    const fitted = await window.fit(dialog, {})
    const usage = input === null ? null : { input_tokens: input, output_tokens: 1 }
    window.learn(fitted, { rawResponse: { usage, ...rest } } as InvokeResult)
    await window.fit(dialog, {})
    return ratios.at(-1)
  }
  expect(await after(null)).toBe(1)
  expect(await after(800, { estimated: true })).toBe(1)
  const once = (await after(800)) as number
  expect(once).toBeCloseTo(0.8, 1)
  // The same count gives the same ratio: it does not add up.
  expect(await after(800)).toBeCloseTo(once, 5)
  expect(await after(100_000)).toBe(2)
  expect(await after(3)).toBe(0.5)
  expect(warnings).toEqual([])
})

test('limits are those of the model as its provider knows it', async () => {
  const limits: (number | undefined)[] = []
  const watching = {
    name: 'watching',
    fit: <M extends Message>(messages: readonly M[], { maxInputTokens }: { maxInputTokens: number | undefined }) => {
      limits.push(maxInputTokens)
      return { messages, cut: [], estimatedTokens: 1 }
    }
  }
  for (const model of ['openai/gpt-4-0613', 'gpt-4-0613', 'openai/responses/gpt-4-0613', 'openai/nobody-knows']) {
    await contextWindow(watching, model, { warn: () => {} }).fit(new Dialog(), {})
  }
  expect(limits).toEqual([8192, 8192, 8192, undefined])
})

test('without a manager everything is sent', async () => {
  const dialog = new Dialog()
  const window = contextWindow(null, 'openai/gpt-4-0613', { warn: () => {} })
  expect((await window.fit(dialog, {})).dialog).toBe(dialog)
})
