import type { LLMDelta, LLMFn, LLMResponse, LLMStream } from 'daybook'
import { llmStream } from 'daybook'
import { expect, test } from 'vitest'
import { painter } from './paint.js'
import { progress } from './progress.js'

const paint = painter(false, {})
const response = { text: 'hello world!' } as LLMResponse

function gate() {
  let open: () => void = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { open, opened }
}

/** Two deltas of eight characters each, the end when the gate opens. */
function slow(opened: Promise<void>): LLMFn {
  return (): LLMStream =>
    llmStream(async function* () {
      yield { type: 'text.delta', text: '12345678' } satisfies LLMDelta
      yield { type: 'text.delta', text: '12345678' } satisfies LLMDelta
      await opened
      return response
    })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 1))
}

test('on a terminal one line is rewritten while calls are in flight, and taken away after', async () => {
  const written: string[] = []
  let now = 0
  const line = progress({ write: text => written.push(text), isTTY: true, paint, now: () => now, everyMs: 1 })
  const { open, opened } = gate()
  const llm = line.watch(slow(opened))
  const calls = [1, 2, 3].map(() => llm({ model: 'm', messages: [] }))
  now = 2_100
  await until(() => written.some(text => text.includes('3 calls in flight · ≈ 12 tokens · 2.10 s')))
  line.print('an event')
  const [hidden, printed, shown] = written.slice(written.indexOf('an event\n') - 1)
  expect([hidden, printed]).toEqual(['\r\u001B[2K', 'an event\n'])
  expect(shown).toContain('in flight')
  open()
  await Promise.all(calls)
  await until(() => written.at(-1) === '\r\u001B[2K')
  line.close()
})

test('in a pipe there are plain lines, and the calls are left alone', () => {
  const written: string[] = []
  const line = progress({ write: text => written.push(text), isTTY: false, paint })
  const llm = slow(Promise.resolve())
  expect(line.watch(llm)).toBe(llm)
  line.print('an event')
  line.close()
  expect(written).toEqual(['an event\n'])
})

test('a call that fails is no longer in flight, and its failure is its caller’s', async () => {
  const line = progress({ write: () => {}, isTTY: true, paint, everyMs: 1 })
  const failing = Object.assign(
    (): LLMStream =>
      // biome-ignore lint/correctness/useYield: a failure has no deltas
      llmStream(async function* () {
        throw new Error('refused')
      }),
    { target: () => ({ provider: 'p', api: 'chat' as const, base_url: '', model: 'm' }) }
  )
  const watched = line.watch(failing)
  expect(watched.target).toBe(failing.target)
  await expect(watched({ model: 'm', messages: [] })).rejects.toThrow('refused')
  line.close()
})
