import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { RateLimitError, ReplayMissError } from '../../errors.js'
import { createHost, type Host } from '../../host.js'
import { memoryLedgerStore } from '../../ledger/memory-ledger-store.js'
import { openLedger } from '../../ledger/open-ledger.js'
import { parseJSONL } from '../../ledger/parse-jsonl.js'
import { recorded } from '../../ledger/recorded.js'
import { verifyLedger } from '../../ledger/verify.js'
import type { LLMDelta, LLMFn, LLMRequest, LLMResponse } from '../../llm/llm.js'
import { llmStream } from '../../llm/llm-stream.js'
import { type CassetteOptions, cassette } from './cassette.js'

let folder: string
let file: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassettes-'))
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(() => {
  file = join(folder, `${count++}.jsonl`)
})

/** A place with this environment and no other. */
function place(env: Record<string, string> = {}): Host {
  return createHost({ env: name => env[name], warn: ({ message }) => expect.unreachable(message) })
}

const asking = (content: string, more: object = {}): LLMRequest => ({
  model: 'model-1',
  messages: [{ role: 'user', content }],
  ...more
})

/** Answers each call with its number; what begins with `fail` fails. */
function counting(): LLMFn & { calls: number } {
  const llm = Object.assign(
    (request: LLMRequest) => {
      const n = ++llm.calls
      return llmStream(async function* (): AsyncGenerator<LLMDelta, LLMResponse, void> {
        const { content } = request.messages[0] as { content: string }
        yield { type: 'text.delta', text: `${n}: ` }
        if (content.startsWith('fail')) throw new RateLimitError('Too many.', { status: 429 })
        yield { type: 'text.delta', text: content }
        const text = `${n}: ${content}`
        return {
          ...{ text, model: 'model-1', message: { role: 'assistant', content: text }, finish_reason: 'stop' },
          ...{ usage: { input_tokens: 10, output_tokens: 5 }, tool_calls: [], cost_usd: 0.0021, cached: false }
        }
      })
    },
    {
      calls: 0,
      target: ({ model }: LLMRequest) => ({ provider: 'p', api: 'chat', base_url: 'https://p.example', model }) as const
    }
  )
  return llm
}

const nobody: LLMFn = Object.assign((): never => expect.unreachable('a replay asks nobody'), {
  target: counting().target as NonNullable<LLMFn['target']>
})
const open = (options: CassetteOptions = {}) => cassette(file, { host: place(), ...options })

async function deltasOf(stream: AsyncIterable<LLMDelta>): Promise<LLMDelta[]> {
  const all: LLMDelta[] = []
  for await (const delta of stream) all.push(delta)
  return all
}

test('what was recorded is given again as it was: pieces, cost and failures; two of one prompt in their order', async () => {
  const llm = counting()
  const recording = open({ mode: 'record', llm })
  const first = await recording.llm(asking('Hello'))
  const second = await recording.llm(asking('Hello'))
  const pieces = await deltasOf(recording.llm(asking('A stream')))
  await expect(recording.llm(asking('fail'))).rejects.toThrow('Too many.')
  expect(recording.recorded.map(({ answer }) => answer?.type)).toEqual([
    ...['llm.response', 'llm.response', 'llm.response'],
    'llm.failed'
  ])
  await recording.close()

  const replay = open({ mode: 'replay', llm: nobody })
  expect(replay.unused).toHaveLength(4)
  expect(await deltasOf(replay.llm(asking('A stream')))).toEqual(pieces)
  expect(await replay.llm(asking('Hello'))).toEqual(first)
  expect(await replay.llm(asking('Hello'))).toEqual(second)
  expect(replay.unused.map(({ request }) => request.messages[0]?.content)).toEqual(['fail'])
  const failed = replay.llm(asking('fail'))
  await expect(failed).rejects.toBeInstanceOf(RateLimitError)
  await expect(failed).rejects.toMatchObject({ status: 429, partial: { text: '4: ' } })
  await expect(replay.llm(asking('Hello'))).rejects.toThrow('has this request 2 times, and it is asked once more')
  expect(first).toMatchObject({ text: '1: Hello', cost_usd: 0.0021, cached: false })
  expect(second.text).toBe('2: Hello')
  expect(replay.unused).toEqual([])
  expect(llm.calls).toBe(4)
  await replay.close()
})

test('a cassette is a ledger that parses and verifies, and recording it again gives its events the same ids', async () => {
  const ids: string[][] = []
  for (const _ of [1, 2]) {
    const tape = open({ mode: 'record', llm: counting() })
    await tape.llm(asking('Hello'))
    await tape.llm(asking('Hello'))
    await tape.close()
    const text = await readFile(file, 'utf8')
    expect(await verifyLedger(text)).toMatchObject({ ok: true, events: 4 })
    const { ok, events, format, reports } = await parseJSONL(text)
    expect({ ok, format, reports }).toEqual({ ok: true, format: 'daybook', reports: [] })
    ids.push(events.map(({ id }) => id))
  }
  expect(ids[0]).toEqual(ids[1])
  expect((await readdir(folder)).filter(name => name.endsWith('.part'))).toEqual([])
})

test('the ledger of a program is the same when its cassette records and when it plays', async () => {
  const ledgers: unknown[] = []
  for (const mode of ['record', 'replay'] as const) {
    const tape = open({ mode, llm: mode === 'record' ? counting() : nobody })
    const ledger = await openLedger(memoryLedgerStore(), 'run:1')
    let id = 0
    const llm = recorded(tape.llm, ledger, { host: { ...place(), id: () => `${id++}` } })
    await llm(asking('Hello'), { actor: 'someone', metadata: { step: 1 } })
    const events = []
    for await (const { data, timestamp: _at, ...event } of ledger.read()) {
      const { latency_ms: _ms, first_delta_ms: _first, stream: _stream, ...kept } = data as Record<string, unknown>
      events.push({ ...event, data: kept })
    }
    ledgers.push(events)
    await tape.close()
  }
  expect(ledgers[1]).toEqual(ledgers[0])
})

test('calls that overlap each get their own recording', async () => {
  const prompts = Array.from({ length: 40 }, (_, n) => `prompt ${n % 10}`)
  const recording = open({ mode: 'record', llm: counting() })
  const answers = await Promise.all(prompts.map(prompt => recording.llm(asking(prompt))))
  await recording.close()
  const replay = open({ mode: 'replay' })
  const again = await Promise.all(prompts.map(prompt => replay.llm(asking(prompt))))
  expect(again.map(({ text }) => text)).toEqual(answers.map(({ text }) => text))
  expect(replay.unused).toEqual([])
})

test('auto gives what is there and records the rest, which follows it in the file', async () => {
  const llm = counting()
  const first = open({ llm })
  expect(first.mode).toBe('auto')
  await first.llm(asking('One'))
  await first.close()
  const second = open({ llm })
  expect((await second.llm(asking('One'))).text).toBe('1: One')
  expect((await second.llm(asking('Two'))).text).toBe('2: Two')
  expect((await second.llm(asking('One'))).text).toBe('3: One')
  expect(second.recorded).toHaveLength(2)
  await second.close()
  const before = await readFile(file, 'utf8')
  const third = open({ llm })
  const texts = ['One', 'One', 'Two'].map(async prompt => (await third.llm(asking(prompt))).text)
  expect(await Promise.all(texts)).toEqual(['1: One', '3: One', '2: Two'])
  await third.close()
  expect(await readFile(file, 'utf8')).toBe(before)
})

test('auto is replay in CI; DAYBOOK_CASSETTE wins over all; live leaves no file', async () => {
  const inCI = open({ llm: nobody, host: place({ CI: 'true' }) })
  expect(inCI.mode).toBe('replay')
  await expect(inCI.llm(asking('Hello'))).rejects.toThrow(`There is no cassette ${file}.`)
  expect(open({ host: place({ CI: 'false' }) }).mode).toBe('auto')
  expect(open({ mode: 'replay', host: place({ CI: '1', DAYBOOK_CASSETTE: 'record' }) }).mode).toBe('record')
  expect(() => open({ host: place({ DAYBOOK_CASSETTE: 'play' }) })).toThrow(
    'record, replay, auto or live, and not "play"'
  )
  const live = open({ mode: 'live', llm: counting() })
  expect((await live.llm(asking('Hello'))).text).toBe('1: Hello')
  await live.close()
  await expect(readFile(file)).rejects.toThrow('ENOENT')
})

test('a miss shows what differs from the nearest recording, and how to record it', async () => {
  const recording = open({ mode: 'record', llm: counting() })
  await recording.llm(asking('Something else', { model: 'model-2' }))
  await recording.llm(asking('What is the weather in Oslo?', { temperature: 0 }))
  await recording.close()
  const replay = open({ mode: 'replay' })
  const call = replay.llm(asking('What is the weather in Bergen?', { temperature: 1 }))
  await expect(call).rejects.toBeInstanceOf(ReplayMissError)
  const [miss] = replay.misses
  expect(miss?.message.split('\n')).toEqual([
    `The cassette ${file.slice(folder.length + 1)} has no recording of this request. The nearest is number 2, which differs`,
    '  at /messages/0/content: "What is the weather in Oslo?" is recorded, "What is the weather in Bergen?" is asked',
    '  at /temperature: 0 is recorded, 1 is asked',
    "Record it: mode: 'record', or DAYBOOK_CASSETTE=record in the environment."
  ])
  expect(miss?.data).toMatchObject({ file, fields: [{ path: '/messages/0/content' }, { path: '/temperature' }] })
  await expect(open({ mode: 'record' }).llm(asking('Hello'))).rejects.toThrow('The cassette has nobody to ask.')
})

test('a missing file says how it is made, and a damaged one which line it is', async () => {
  const missing = open({ mode: 'replay' })
  await expect(missing.llm(asking('Hello'))).rejects.toThrow(
    /There is no cassette .*\nRecord it: mode: 'record', or DAYBOOK/
  )
  const recording = open({ mode: 'record', llm: counting() })
  await recording.llm(asking('Hello'))
  await recording.llm(asking('Good day'))
  await recording.close()
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('2: Good day', '2: Bad day'))
  expect(() => open({ mode: 'replay' })).toThrow(`The cassette ${file} is damaged at line 5. This line was changed`)
  await writeFile(file, text.slice(0, -20))
  expect(() => open()).toThrow('is damaged at line 5. This is no line of a ledger')
  await writeFile(file, text.replaceAll('\n', '\r\n'))
  expect((await open({ mode: 'replay' }).llm(asking('Hello'))).text).toBe('1: Hello')
  await writeFile(file, 'no ledger at all\n')
  expect(() => open()).toThrow('is damaged at line 1. This is no JSON')
})

test('no key reaches the file, and requests with one are found again', async () => {
  const canaries = ['sk-canary-0123456789abcdef', 'a-plain-canary-of-the-environment', 'canaryCANARY0123456789xyz']
  process.env.DAYBOOK_TEST_API_KEY = canaries[1] as string
  try {
    const prompt = `Use ${canaries[0]}, ${canaries[1]} and authorization: Bearer ${canaries[2]} for basic questions.`
    const recording = open({ mode: 'record', llm: counting() })
    await recording.llm(asking(prompt, { api_key: canaries[0], extra_headers: { 'x-key': canaries[1] } }))
    const part = await readFile(`${file}.part`, 'utf8')
    await recording.close()
    const text = await readFile(file, 'utf8')
    for (const canary of canaries) expect(part + text).not.toContain(canary)
    const { text: answer } = await open({ mode: 'replay' }).llm(asking(prompt))
    expect(answer).toBe('1: Use •••, ••• and authorization: Bearer ••• for basic questions.')
  } finally {
    delete process.env.DAYBOOK_TEST_API_KEY
  }
})

test('redact changes what is written, and a replay looks for what it leaves', async () => {
  const options: CassetteOptions = {
    redact: event => ({ ...event, data: JSON.parse(JSON.stringify(event.data).replaceAll('Oslo', 'a city')) })
  }
  const recording = open({ ...options, mode: 'record', llm: counting() })
  expect((await recording.llm(asking('Where is Oslo?'))).text).toBe('1: Where is Oslo?')
  await recording.close()
  expect(await readFile(file, 'utf8')).not.toContain('Oslo')
  const replay = open({ ...options, mode: 'replay' })
  expect((await replay.llm(asking('Where is Oslo?'))).text).toBe('1: Where is a city?')
})

test('two recordings of one file at once are refused, and a closed cassette asks nobody', async () => {
  const one = open({ mode: 'record', llm: counting() })
  await one.llm(asking('Hello'))
  const other = open({ mode: 'record', llm: counting() })
  await expect(other.llm(asking('Hello'))).rejects.toThrow('is being recorded already')
  await one.close()
  await one.close()
  await expect(one.llm(asking('Hello'))).rejects.toThrow('was closed: open it again')
  await other.llm(asking('Good day'))
  await expect(other.close()).rejects.toThrow('is being recorded already')
  expect((await open({ mode: 'replay' }).llm(asking('Good day'))).text).toBe('1: Good day')
})

test('close waits for an answer that is on its way', async () => {
  let answer = (): void => {}
  const ready = new Promise<void>(resolve => {
    answer = resolve
  })
  const llm = counting()
  const slow: LLMFn = (request, options) =>
    llmStream(async function* () {
      await ready
      return yield* llm(request, options)
    })
  const tape = open({ mode: 'record', llm: slow })
  const call = tape.llm(asking('Hello'))
  await expect.poll(() => tape.recorded.length).toBe(1)
  const closing = tape.close()
  answer()
  await closing
  expect((await call).text).toBe('1: Hello')
  expect((await open({ mode: 'replay' }).llm(asking('Hello'))).text).toBe('1: Hello')
})
