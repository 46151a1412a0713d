import {
  chatCompletionsApi,
  type Kit,
  type LedgerEvent,
  memoryLedgerStore,
  openLedger,
  parseJSONL,
  project,
  type ReplayReport,
  replayKit,
  runKit,
  strictReplay,
  toJSONL
} from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import { describe, expect, test } from 'vitest'
import { diligence, research } from './index.js'

const options = { model: 'simulated/model' }
const goals = { research: 'Is cold fusion real?', diligence: 'Acme Widgets' }

async function run(kit: Kit): Promise<LedgerEvent[]> {
  const llm = chatCompletionsApi({
    baseURL: 'https://simulated.example/v1',
    fetch: simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  })
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  await runKit(kit, goals[kit.name as keyof typeof goals], { id: '1', ledger, llm, options })
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

const replay = (kit: Kit, events: readonly LedgerEvent[]): Promise<ReplayReport> => replayKit(kit, events)

/** Outputs of the kit's responders: neither seeds nor answers. */
const isEmitted = ({ actor, by = '' }: LedgerEvent): boolean => actor !== 'llm_executor' && !by.startsWith('seed#')

describe.each([research, diligence])('a run of $name', kit => {
  test('replays strictly, from the text of its ledger too', async () => {
    const events = await run(kit)
    const answers = events.filter(({ type }) => type === 'llm.response')
    expect(answers.length).toBe(kit === research ? 3 : 1)
    const report = await replay(kit, events)
    expect(report).toMatchObject({ ok: true, divergences: [], hash: project(events).hash() })
    expect(report.equal).toBe(events.filter(isEmitted).length)
    const again = (await parseJSONL(toJSONL(events))).events
    expect(await replay(kit, again)).toMatchObject({ ok: true, equal: report.equal, hash: report.hash })
  })

  test('fails at the right place after any answer was changed', async () => {
    const events = await run(kit)
    for (const [position, event] of events.entries()) {
      if (event.type !== 'llm.response') continue
      const { data } = event as LedgerEvent<'llm.response'>
      const text = `${data.text} Or not.`
      const changed = (more: object): LedgerEvent[] =>
        events.map((each, n) => (n === position ? ({ ...each, data: { ...data, ...more } } as LedgerEvent) : each))
      // By itself it contradicts the message that goes back to the model.
      expect((await replay(kit, changed({ text }))).divergences[0]).toMatchObject({ position, kind: 'changed' })
      // With the message, it shows where it was written down.
      const careful = await replay(kit, changed({ text, message: { role: 'assistant', content: text } }))
      const noted = events.findIndex(({ by }) => by === `${event.id}#0`)
      expect(careful.divergences[0]).toMatchObject({ position: noted, kind: 'changed' })
      expect(careful.divergences[0]?.fields[0]).toMatchObject({ path: '/data/patch/text', before: data.text })
    }
  })

  test('fails at the right place after any id was changed, or any event was left out', async () => {
    const events = await run(kit)
    for (const [position, event] of events.entries()) {
      const other = events.map((each, n) => (n === position ? { ...event, id: `${event.type}-other` } : each))
      expect((await replay(kit, other)).divergences[0]).toMatchObject({ position, kind: 'changed' })
      // Without its kit.loaded it is no run of a kit, and without its last event as if it had been killed there.
      if (position === 0 || position === events.length - 1) continue
      const left = events.filter((_each, n) => n !== position)
      expect((await replay(kit, left)).divergences[0]?.position).toBe(position)
    }
  })

  test('fails at the right place after any responder was left out', async () => {
    const events = await run(kit)
    for (const { name } of kit.responders(options)) {
      const position = events.findIndex(({ actor }) => actor === name)
      if (position < 0) continue // has nothing to do in this run
      const responders = kit.responders(options).filter(each => each.name !== name)
      const { divergences } = await strictReplay(events, { responders, edges: kit.edges })
      expect(divergences[0]).toMatchObject({ position, kind: 'missing' })
    }
  })
})
