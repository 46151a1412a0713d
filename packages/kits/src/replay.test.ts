/** Runs of the kits, and the ledger that the command brings along, replayed strictly: in Node and in a page. */
import {
  chatCompletionsApi,
  createDaybook,
  type Kit,
  type LedgerEvent,
  type LLMFn,
  memoryLedgerStore,
  parseJSONL,
  project,
  type ReplayReport,
  type Responder,
  replayKit,
  strictReplay,
  textLlm,
  toJSONL,
  verifyLedger
} from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import { describe, expect, test } from 'vitest'
import { diligence, research } from './index.js'

const files = import.meta.glob<string>('../../cli/src/demo.jsonl', { eager: true, query: '?raw', import: 'default' })
const demo = Object.values(files)[0] as string

async function ran(kit: Kit, goal: string, llm: LLMFn): Promise<readonly LedgerEvent[]> {
  const store = memoryLedgerStore()
  const daybook = createDaybook({ model: 'simulated/model', llm, store })
  await daybook.run(kit, goal, { id: '1' })
  await daybook.close()
  const events: LedgerEvent[] = []
  for await (const event of store.read('run:1')) events.push(event)
  return events
}

const streamed: LLMFn = chatCompletionsApi({
  baseURL: 'https://simulated.example/v1',
  fetch: simulatedFetch({ speed: Number.POSITIVE_INFINITY })
})
const plain: LLMFn = textLlm(messages => [`About: ${messages.at(-1)?.content}`, 0.01])

const runs: readonly [string, Kit, number, () => Promise<readonly LedgerEvent[]>][] = [
  ['a run of research', research, 3, () => ran(research, 'Is cold fusion real?', streamed)],
  ['a run of diligence', diligence, 1, () => ran(diligence, 'Acme Widgets', streamed)],
  ['a run of research by a plain function', research, 3, () => ran(research, 'Should a town ban cars?', plain)],
  ['a run of diligence by a plain function', diligence, 1, () => ran(diligence, 'A small company', plain)],
  ['the demo', research, 3, async () => (await parseJSONL(demo)).events]
]

function respondersOf(kit: Kit, events: readonly LedgerEvent[]): readonly Responder[] {
  const loaded = events.find(({ type }) => type === 'kit.loaded') as LedgerEvent<'kit.loaded'>
  return kit.responders(loaded.data.options ?? {})
}

const changed = (events: readonly LedgerEvent[], position: number, change: (event: LedgerEvent) => object) =>
  events.map((event, n) => (n === position ? ({ ...event, ...change(event) } as LedgerEvent) : event))

const firstOf = ({ divergences: [first] }: ReplayReport) => first && [first.position, first.kind]

/** Outputs of the kit's responders: neither seeds nor answers. */
const isEmitted = ({ actor, by = '' }: LedgerEvent): boolean => actor !== 'llm_executor' && !by.startsWith('seed#')

describe.each(runs)('%s', (_name, kit, calls, made) => {
  test('replays strictly, from the text of its ledger too', async () => {
    const events = await made()
    expect(events.filter(({ type }) => type === 'llm.response').length).toBe(calls)
    const report = await replayKit(kit, events)
    expect(report).toMatchObject({ ok: true, divergences: [], hash: project(events).hash() })
    expect(report.equal).toBe(events.filter(isEmitted).length)
    const again = (await parseJSONL(toJSONL(events))).events
    expect(await replayKit(kit, again)).toMatchObject({ ok: true, equal: report.equal, hash: report.hash })
  })

  test('fails at the right place after any answer was changed', async () => {
    const events = await made()
    for (const [position, event] of events.entries()) {
      if (event.type !== 'llm.response') continue
      const { data } = event as LedgerEvent<'llm.response'>
      for (const text of [`${data.text} Or not.`, 'Another answer.']) {
        const replay = (more: object) =>
          replayKit(
            kit,
            changed(events, position, () => ({ data: { ...data, ...more } }))
          )
        // By itself it contradicts the message that goes back to the model.
        expect(firstOf(await replay({ text }))).toEqual([position, 'changed'])
        // With the message, it shows in the first event that was made of it.
        const whole = await replay({ text, message: { role: 'assistant', content: text } })
        const noted = events.findIndex(({ by }) => by === `${event.id}#0`)
        expect(noted).toBe(events.findIndex(({ cause }) => cause.includes(event.id)))
        expect(firstOf(whole)).toEqual([noted, 'changed'])
        expect(whole.divergences[0]?.fields[0]).toMatchObject({ path: '/data/patch/text', before: data.text })
      }
    }
  })

  test('fails at the right place after any id was changed, or any event was left out', async () => {
    const events = await made()
    for (const [position, { type }] of events.entries()) {
      for (const id of [`${type}-other`, `${events[position]?.id}x`]) {
        const renamed = await replayKit(
          kit,
          changed(events, position, () => ({ id }))
        )
        expect([type, firstOf(renamed)]).toEqual([type, [position, 'changed']])
      }
      // Without its kit.loaded it is no run of a kit, and without its last event as if it had been killed there.
      if (position === 0 || position === events.length - 1) continue
      const left = events.filter((_event, n) => n !== position)
      expect((await replayKit(kit, left)).divergences[0]?.position).toBe(position)
    }
  })

  test('fails at the first event of a responder that is changed, or left out', async () => {
    const events = await made()
    const responders = respondersOf(kit, events)
    const replay = (others: readonly Responder[]) => strictReplay(events, { responders: others, edges: kit.edges })
    let fired = 0
    for (const [n, one] of responders.entries()) {
      const first = events.findIndex(({ actor }) => actor === one.name)
      const silent = await replay(responders.filter(other => other !== one))
      expect([one.name, firstOf(silent)]).toEqual([one.name, first < 0 ? undefined : [first, 'missing']])
      const odd: Responder = {
        ...one,
        async fn(...given) {
          const drafts = []
          for await (const draft of (await one.fn(...given)) ?? []) {
            drafts.push({ ...draft, data: { ...draft.data, odd: true } } as typeof draft)
          }
          return drafts
        }
      }
      const other = await replay(responders.map((known, at) => (at === n ? odd : known)))
      expect([one.name, firstOf(other)]).toEqual([one.name, first < 0 ? undefined : [first, 'changed']])
      if (first >= 0) fired++
    }
    expect(fired).toBeGreaterThan(2)
  })
})

test('the file of the demo has the same hashes in every place', async () => {
  const world = '7df6d582e7e1ff5cce55b4a42bd85864979dd702fa15363aaa30d6a828993333'
  const { ok, head } = await verifyLedger(demo)
  expect([ok, head]).toEqual([true, '4a121f773b8adcec8a8abf7bd41f25a99dbd1b022a6dbf4408b1ec6877de6d41'])
  const { events } = await parseJSONL(demo)
  expect(project(events).hash()).toBe(world)
  const replayed = await strictReplay(events, { responders: respondersOf(research, events), edges: research.edges })
  expect(replayed).toMatchObject({ ok: true, hash: world })
})
