/** The runs that a newcomer sees first, and the ledger that the command brings along: in Node and in a page. */
import {
  createDaybook,
  type Kit,
  type LedgerEvent,
  memoryLedgerStore,
  parseJSONL,
  project,
  type ReplayReport,
  type Responder,
  strictReplay,
  textLlm,
  verifyLedger
} from 'daybook'
import { describe, expect, test } from 'vitest'
import { diligence, research } from './index.js'

const files = import.meta.glob<string>('../../cli/src/demo.jsonl', { eager: true, query: '?raw', import: 'default' })
const demo = Object.values(files)[0] as string

async function ran(kit: Kit, goal: string): Promise<readonly LedgerEvent[]> {
  const store = memoryLedgerStore()
  const llm = textLlm(messages => [`About: ${messages.at(-1)?.content}`, 0.01])
  const daybook = createDaybook({ model: 'some/model', llm, store })
  await daybook.run(kit, goal, { id: '1' })
  await daybook.close()
  const events: LedgerEvent[] = []
  for await (const event of store.read('run:1')) events.push(event)
  return events
}

const runs: readonly [string, Kit, () => Promise<readonly LedgerEvent[]>][] = [
  ['research', research, () => ran(research, 'Should a town ban cars?')],
  ['diligence', diligence, () => ran(diligence, 'A small company')],
  ['the demo', research, async () => (await parseJSONL(demo)).events]
]

function respondersOf(kit: Kit, events: readonly LedgerEvent[]): readonly Responder[] {
  const loaded = events.find(({ type }) => type === 'kit.loaded') as LedgerEvent<'kit.loaded'>
  return kit.responders(loaded.data.options ?? {})
}

const changed = (events: readonly LedgerEvent[], position: number, change: (event: LedgerEvent) => object) =>
  events.map((event, n) => (n === position ? ({ ...event, ...change(event) } as LedgerEvent) : event))

const firstOf = ({ divergences: [first] }: ReplayReport) => first && [first.position, first.kind]

describe.each(runs)('%s', (_name, kit, made) => {
  test('replays strictly, and with any one id or answer changed it fails there', async () => {
    const events = await made()
    const replay = (changes = events) =>
      strictReplay(changes, { responders: respondersOf(kit, events), edges: kit.edges })
    const { ok, hash } = await replay()
    expect([ok, hash]).toEqual([true, project(events).hash()])

    let answers = 0
    for (const [position, { type }] of events.entries()) {
      const renamed = await replay(changed(events, position, ({ id }) => ({ id: `${id}x` })))
      expect([type, firstOf(renamed)]).toEqual([type, [position, 'changed']])
      if (type !== 'llm.response') continue
      answers++
      const other = (event: LedgerEvent) => ({ data: { ...event.data, text: 'Another answer.' } })
      expect(firstOf(await replay(changed(events, position, other)))).toEqual([position, 'changed'])
      // Changed as a whole, it shows in the first event that was made of it.
      const message = { role: 'assistant', content: 'Another answer.' }
      const whole = await replay(changed(events, position, event => ({ data: { ...other(event).data, message } })))
      const of = events.findIndex(({ cause }) => cause.includes(events[position]?.id as string))
      expect(firstOf(whole)).toEqual([of, 'changed'])
    }
    expect(answers).toBeGreaterThan(0)
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
