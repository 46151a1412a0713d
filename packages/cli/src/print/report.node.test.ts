import { expect, test } from 'vitest'
import { events } from '../testing/hand-made.js'
import { eventLines } from './event-lines.js'
import { painter } from './paint.js'
import { answerLines, callsText, runReport, summaryLines } from './report.js'

const paint = painter(false, {})
const message = { role: 'assistant', content: 'Yes.' } as const
const usage = { input_tokens: 1234, output_tokens: 56 }
const answer = {
  text: 'Yes, they should.',
  model: 'claude-haiku-4-5',
  usage,
  finish_reason: 'stop',
  message,
  latency_ms: 2134,
  first_delta_ms: 200
} as const

const run = events(
  { type: 'kit.loaded', data: { name: 'research', version: '1.0.0', goal: 'Buses?' }, actor: 'runtime' },
  { type: 'object.created', data: { id: 'goal-1', type: 'Goal', data: { goal: 'Buses?' } } },
  { type: 'object.created', data: { id: 'q', type: 'Question', data: { text: 'What do they cost?' } }, cause: ['e2'] },
  {
    type: 'relation.created',
    data: { id: 'r', type: 'decomposes_into', source_id: 'goal-1', target_id: 'q' },
    cause: ['e2']
  },
  {
    type: 'llm.request',
    data: { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'What do\nthey cost?' }] },
    cause: ['e3']
  },
  {
    type: 'llm.response',
    data: { ...answer, cost_usd: 0.0123, cached: false, estimated: true },
    cause: ['e5'],
    actor: 'llm_executor'
  },
  {
    type: 'llm.request',
    data: { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 'And then?' }] }] },
    cause: ['e3']
  },
  {
    type: 'llm.response',
    data: { ...answer, cost_usd: 0, saved_usd: 0.004, cached: true, estimated: true },
    cause: ['e7'],
    actor: 'llm_executor'
  },
  { type: 'object.patched', data: { id: 'q', patch: { status: 'complete' } }, cause: ['e6', 'e7', 'e8', 'e5'] }
)

function lines(width: number): string[] {
  const printer = eventLines({ width, paint })
  return run.map(event => printer.line(event))
}

test('an event is one line with its number, its kind, who did it, what it says and its cause', () => {
  expect(lines(100)).toEqual([
    '  #1 ◆ kit.loaded        runtime               research 1.0.0  (root)',
    '  #2 □ object.created    finder                Goal "Buses?"  (root)',
    '  #3 □ object.created    finder                Question "What do they cost?"  <- #2',
    '  #4 ∞ relation.created  finder                decomposes_into #2 -> #3  <- #2',
    '  #5 ▲ llm.request       finder                "What do they cost?"  <- #3',
    '  #6 ▼ llm.response      llm_executor          "Yes, they should." 1.23k->56 tok ≈ $0.0123  <- #5',
    '  #7 ▲ llm.request       finder                "And then?"  <- #3',
    '  #8 ▼ llm.response      llm_executor          "Yes, they should." HIT saved ≈ $0.004  <- #7',
    '  #9 □ object.patched    finder                #3 "complete"  <- #6, #7, #8 +1'
  ])
})

test('the kit and the goal are not repeated on every line', () => {
  const printer = eventLines({ width: 100, paint })
  const [loaded, question] = events(
    { type: 'kit.loaded', data: { name: 'research', version: '1.0.0', goal: 'Buy electric buses?' } },
    {
      type: 'object.created',
      data: { id: 'q', type: 'Question', data: { text: 'Buy electric buses? What do they cost?' } },
      actor: 'research.on_goal'
    }
  )
  printer.line(loaded as never)
  expect(printer.line(question as never)).toBe(
    '  #2 □ object.created    on_goal               Question "… What do they cost?"  (root)'
  )
})

test('words are cut to the width, figures and causes never', () => {
  for (const width of [76, 80, 100]) for (const line of lines(width)) expect(line.length).toBeLessThanOrEqual(width)
  expect(lines(76)[5]).toContain('1.23k->56 tok ≈ $0.0123  <- #5')
})

test('an event of a kind that nobody knows is shown as it is', () => {
  const printer = eventLines({ width: 100, paint })
  const [event] = events({ type: 'app.custom', data: { a: 1 } } as never)
  expect(printer.line(event as never)).toBe('  #1 ○ app.custom        finder                {"a":1}  (root)')
})

test('an event with an unknown cause and a hostile text is still one plain line', () => {
  const printer = eventLines({ width: 100, paint })
  const [event] = events({
    type: 'llm.failed',
    data: { kind: 'server', message: 'bad\u001B[2J\nthings', retryable: true },
    cause: ['an-id-that-is-not-here']
  })
  expect(printer.line(event as never)).toBe(
    '  #1 ✕ llm.failed        finder                server: bad things  <- an-id-that-is…'
  )
})

function folded() {
  const fold = runReport()
  for (const event of run) fold.add(event)
  return fold.report()
}

test('answers stand wrapped under their question and say when they came from the cache', () => {
  expect(answerLines(folded().answered, { width: 40, paint })).toEqual([
    '',
    '  What do they cost?',
    '  Yes, they should.',
    '',
    '  And then?',
    '  from the cache',
    '  Yes, they should.'
  ])
})

test('the figures: calls, tokens, cost, saved and where the ledger is', () => {
  const options = {
    width: 80,
    paint,
    name: 'test',
    ledger: '.daybook/ledgers/run-test.jsonl',
    answeredBy: 'Anthropic, m'
  }
  expect(summaryLines(folded(), options)).toEqual([
    '  Run         test, 9 events in 8.00 s',
    '  Answers by  Anthropic, m',
    '  Calls       1 provider call, 1 from the cache, saved ≈ $0.004',
    '  Tokens      1.23k in, 56 out',
    '  Cost        ≈ $0.0123',
    '  Ledger      .daybook/ledgers/run-test.jsonl'
  ])
})

test('an unknown price is a dash, and a request without an answer is counted', () => {
  const fold = runReport()
  const [request, response] = events(
    { type: 'llm.request', data: { model: 'm', messages: [] } },
    { type: 'llm.response', data: { ...answer, cost_usd: null, cached: false }, cause: ['e1'] }
  )
  fold.add(request as never)
  expect(callsText(fold.report())).toBe('0 provider calls, 0 from the cache, 1 unanswered')
  expect(fold.report().state).toBe('unanswered')
  fold.add(response as never)
  const options = { paint, name: 'test', ledger: 'here' }
  expect(summaryLines(fold.report(), options)).toContain('  Cost        –')
})

test('the time before a run was forked or taken up again does not count', () => {
  const at = (seconds: number) => new Date(Date.parse('2026-01-02T03:04:05.000Z') + seconds * 1000).toISOString()
  const [a, b, branch, taken, after, resumed, last] = events(
    { type: 'object.created', data: { id: 'a', type: 'Goal' } },
    { type: 'object.created', data: { id: 'b', type: 'Goal' } },
    { type: 'branch.created', data: { branch_id: 'f', parent: 'run:test', fork_position: 2 } },
    { type: 'object.created', data: { id: 'c', type: 'Goal' } },
    { type: 'object.created', data: { id: 'd', type: 'Goal' } },
    { type: 'run.resumed', data: { position: 5 } },
    { type: 'object.created', data: { id: 'e', type: 'Goal' } }
  )
  const fold = runReport()
  const times: [unknown, number][] = [
    [a, 0],
    [b, 2],
    [branch, 1000],
    [taken, 3],
    [after, 1004],
    [resumed, 5000],
    [last, 5001]
  ]
  for (const [event, seconds] of times) fold.add({ ...(event as object), timestamp: at(seconds) } as never)
  expect(fold.report().elapsedMs).toBe(7000)
  const printer = eventLines({ width: 100, paint })
  expect(printer.line(branch as never)).toContain(
    '├ branch.created    finder                2 events of test before it  (root)'
  )
})

test('a fork that lay for a week before it was run took only as long as it ran', () => {
  const at = (seconds: number) => new Date(Date.parse('2026-01-02T03:04:05.000Z') + seconds * 1000).toISOString()
  const [goal, branch, taken, response, last] = events(
    { type: 'object.created', data: { id: 'a', type: 'Goal' } },
    { type: 'branch.created', data: { branch_id: 'f', parent: 'run:test', fork_position: 1, carried: 1 } },
    { type: 'llm.request', data: { model: 'm', messages: [] } },
    { type: 'llm.response', data: { ...answer, latency_ms: 4000 } as never, cause: ['e3'] },
    { type: 'object.created', data: { id: 'e', type: 'Goal' } }
  )
  const week = 7 * 86_400
  const fold = runReport()
  const add = (event: unknown, seconds: number) => fold.add({ ...(event as object), timestamp: at(seconds) } as never)
  add(goal, 0)
  add(branch, 10)
  add(taken, 1)
  expect(fold.report()).toMatchObject({ state: 'not run', elapsedMs: 0 })
  add(response, week)
  expect(fold.report()).toMatchObject({ state: 'done', elapsedMs: 4000 })
  add(last, week + 2)
  expect(fold.report()).toMatchObject({ state: 'done', elapsedMs: 6000 })
})
