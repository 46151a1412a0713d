import {
  createRuntime,
  type EventDraft,
  type Kit,
  type LedgerEvent,
  type LLMFn,
  llmExecutor,
  llmStream,
  memoryLedgerStore,
  openLedger,
  stable,
  type World
} from 'daybook'
import { ServiceUnavailableError } from 'daybook/errors'
import { describe, expect, test } from 'vitest'
import { diligence, research } from './index.js'

const options = { model: 'some/model' }

interface Outcome {
  readonly world: World
  readonly events: LedgerEvent[]
}

async function run(
  kit: Kit,
  goal: string,
  llm?: LLMFn,
  more: readonly EventDraft[] = [],
  concurrency = 64
): Promise<Outcome> {
  const ledger = await openLedger(memoryLedgerStore(), 'run:1')
  const responders = [...kit.responders(options), ...(llm ? [llmExecutor(llm)] : [])]
  const world = await createRuntime({ ledger, responders, concurrency }).run([
    ...(kit.seed?.(goal, options) ?? []),
    ...more
  ])
  const events: LedgerEvent[] = []
  for await (const event of ledger.read()) events.push(event)
  return { world, events }
}

/** Answers each question after its own wait, and counts how many calls are open at once. */
function fake(fails: (question: string) => boolean = () => false): LLMFn & { most: number; asked: string[] } {
  let open = 0
  const answer: LLMFn = request => {
    const question = String(request.messages.at(-1)?.content)
    const place = llm.asked.push(question)
    return llmStream(async function* () {
      llm.most = Math.max(llm.most, ++open)
      // The first to be asked is the last to answer.
      await new Promise(resolve => setTimeout(resolve, 3 * (4 - place)))
      open--
      if (fails(question)) throw new ServiceUnavailableError('The model is busy.')
      const text = `About: ${question}`
      yield { type: 'text.delta', text }
      return {
        ...{ text, model: 'm', message: { role: 'assistant', content: text }, finish_reason: 'stop' },
        ...{ usage: null, tool_calls: [], cost_usd: 0.01, cached: false }
      }
    })
  }
  const llm = Object.assign(answer, { most: 0, asked: [] as string[] })
  return llm
}

const ofType = (world: World, type: string) => [...world.objects.values()].filter(object => object.type === type)
const count = (events: readonly LedgerEvent[], type: string) => events.filter(event => event.type === type).length
const object = (id: string, type: string, data: object): EventDraft => ({
  type: 'object.created',
  data: { id, type, data: data as never }
})

describe('research', () => {
  test('has six responders', () => {
    expect(research.responders(options).map(({ name }) => name)).toEqual([
      'research.on_goal_created',
      'research.on_question_created',
      'research.on_finding_created',
      'research.on_pending_finding_created',
      'research.on_llm_response',
      'research.on_finding_patched'
    ])
  })

  test('asks three questions about the goal, and joins the answers to a synthesis', async () => {
    const llm = fake()
    const { world, events } = await run(research, 'Is cold fusion real?', llm)
    expect(world.object('goal-1')).toMatchObject({ type: 'Goal', data: { text: 'Is cold fusion real?' } })
    const questions = ofType(world, 'Question')
    const findings = ofType(world, 'Finding')
    expect([questions.length, findings.length, llm.asked.length]).toEqual([3, 3, 3])
    expect(world.relationsOf('goal-1', 'decomposes_into')).toHaveLength(3)
    expect(findings.map(({ data }) => data.status)).toEqual(['complete', 'complete', 'complete'])
    const [synthesis, ...others] = ofType(world, 'Synthesis')
    expect(others).toEqual([])
    expect(synthesis?.data).toEqual({
      summary: findings.map(({ data }) => data.text).join('\n\n'),
      goal_id: 'goal-1',
      finding_count: 3,
      status: 'complete'
    })
    expect(world.relationsOf('goal-1', 'synthesizes')).toMatchObject([
      { source_id: synthesis?.id, target_id: 'goal-1' }
    ])
    expect([
      events.length,
      count(events, 'object.created'),
      count(events, 'relation.created'),
      count(events, 'object.patched')
    ]).toEqual([25, 8, 7, 4])
    expect(events.find(({ type }) => type === 'llm.request')?.data).toMatchObject({
      model: 'some/model',
      max_tokens: 1024,
      messages: [{ role: 'user', content: questions[0]?.data.text }],
      cause_object_id: findings[0]?.id
    })
  })

  test.each(['Is cold fusion real?', 'Really??', 'Compare Rust and Go', 'Daybook.', '  spaces  '])(
    'the questions read well for the goal %j',
    async goal => {
      const { world } = await run(research, goal)
      for (const { data } of ofType(world, 'Question')) expect(data.text).toMatch(/^\S.*[.?] [A-Z].*[a-z]\?$/)
      for (const { data } of ofType(world, 'Question')) expect(data.text).not.toMatch(/\?\?|\?\.|\.\./)
    }
  )

  test('its three calls are in flight together, and the ledger is the one of a call at a time', async () => {
    const [together, single] = [fake(), fake()]
    const many = await run(research, 'Is cold fusion real?', together)
    const one = await run(research, 'Is cold fusion real?', single, [], 1)
    expect([together.most, single.most]).toEqual([3, 1])
    expect(many.events.map(stable)).toEqual(one.events.map(stable))
    expect(many.world.hash()).toBe(one.world.hash())
  })

  test('without an executor it ends with three requests that nobody answered', async () => {
    const { world, events } = await run(research, 'Is cold fusion real?')
    expect([count(events, 'llm.request'), count(events, 'llm.response')]).toEqual([3, 0])
    expect(ofType(world, 'Finding').map(({ data }) => data.status)).toEqual(['pending', 'pending', 'pending'])
    expect(ofType(world, 'Synthesis').map(({ data }) => data.status)).toEqual(['pending'])
  })

  test('a call that fails leaves its finding failed, and the synthesis says what is missing', async () => {
    const { world, events } = await run(
      research,
      'A goal',
      fake(question => question.includes('hard'))
    )
    expect(ofType(world, 'Finding').map(({ data }) => data.status)).toEqual(['complete', 'failed', 'complete'])
    const [synthesis] = ofType(world, 'Synthesis')
    expect(synthesis?.data).toMatchObject({ status: 'complete', missing: 1 })
    expect(synthesis?.data.summary).toContain('Not answered: A goal. What makes it hard')
    expect(synthesis?.data.summary).toContain('The model is busy.')
    expect(count(events, 'responder.failed')).toBe(0)
  })

  test('all calls failing is no reason to wait for ever', async () => {
    const { world } = await run(
      research,
      'A goal',
      fake(() => true)
    )
    expect(ofType(world, 'Synthesis')[0]?.data).toMatchObject({ status: 'complete', missing: 3 })
  })

  test('two goals are kept apart', async () => {
    const { world } = await run(research, 'One', fake(), [object('goal-2', 'Goal', { text: 'Two' })])
    expect(ofType(world, 'Synthesis').map(({ data }) => [data.goal_id, data.status])).toEqual([
      ['goal-1', 'complete'],
      ['goal-2', 'complete']
    ])
  })

  test('answers and patches that are about something else are left alone', async () => {
    const strange: EventDraft[] = [
      { type: 'llm.response', data: { text: 'x', model: 'm', cost_usd: 0, cause_object_id: 'goal-1' } as never },
      { type: 'llm.response', data: { text: 'x', model: 'm', cost_usd: 0 } as never },
      { type: 'object.patched', data: { id: 'goal-1', patch: { note: 1 } } },
      object('lost', 'Finding', { question_id: 'nowhere', status: 'pending' })
    ]
    const { world, events } = await run(research, 'A goal', fake(), strange)
    expect(count(events, 'responder.failed')).toBe(0)
    expect(ofType(world, 'Synthesis')[0]?.data.status).toBe('complete')
    expect(world.object('goal-1')?.data).toEqual({ text: 'A goal', note: 1 })
  })
})

describe('diligence', () => {
  test('has seven responders', () => {
    expect(diligence.responders(options)).toHaveLength(7)
  })

  test('a company gets one claim, which one call fills in', async () => {
    const llm = fake()
    const { world, events } = await run(diligence, 'Acme Widgets', llm)
    expect(world.object('company-1')).toMatchObject({ type: 'Company', data: { name: 'Acme Widgets' } })
    const [claim, ...others] = ofType(world, 'Claim')
    expect(others).toEqual([])
    expect(llm.asked[0]).toContain('Acme Widgets')
    expect(claim?.data).toMatchObject({ text: `About: ${llm.asked[0]}`, status: 'complete', company_id: 'company-1' })
    expect(count(events, 'llm.request')).toBe(1)
    const pending = events.find(
      ({ type, data }) => type === 'object.created' && (data as { type: string }).type === 'Claim'
    )
    expect(pending?.data).toMatchObject({ data: { text: 'Pending research for Acme Widgets', status: 'pending' } })
  })

  test('a call that fails leaves the claim failed', async () => {
    const { world } = await run(
      diligence,
      'Acme',
      fake(() => true)
    )
    expect(ofType(world, 'Claim')[0]?.data).toMatchObject({ status: 'failed', error: 'The model is busy.' })
  })

  test('evidence, contradictions and reports are tied to what they are about', async () => {
    const { world } = await run(diligence, 'Acme', undefined, [
      object('early', 'Evidence', { claim_id: 'claim-a' }),
      object('claim-a', 'Claim', { text: 'Acme earns money', status: 'given' }),
      object('claim-b', 'Claim', { text: 'Acme loses money', status: 'given' }),
      object('late', 'Evidence', { claim_id: 'claim-b' }),
      object('contradiction', 'Contradiction', { claim_a_id: 'claim-a', claim_b_id: 'claim-b' }),
      object('half', 'Contradiction', { claim_a_id: 'claim-a', claim_b_id: 'nowhere' }),
      object('report', 'Report', { company_id: 'company-1' }),
      object('stray', 'Report', { company_id: 'nowhere' })
    ])
    expect([...world.relations.values()].map(({ type, source_id, target_id }) => [type, source_id, target_id])).toEqual(
      [
        ['sourced_from', 'early', 'claim-a'],
        ['supports', 'early', 'claim-a'],
        ['sourced_from', 'late', 'claim-b'],
        ['contradicts', 'claim-a', 'claim-b'],
        ['depends_on', 'report', 'company-1']
      ]
    )
  })
})

test.each([research, diligence])('$name names no model of its own, and says so before anything is written', kit => {
  expect(() => kit.seed?.('A goal', {})).toThrow(/model/)
})
