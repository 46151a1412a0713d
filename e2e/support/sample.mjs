/**
 * The sample run of the pictures: three questions, each asked of two models at once, with a cache hit, a refusal that is
 * tried again, two tools, a review of each pair and an answer; the run before it, and a branch of it. Made by hand, so that
 * every picture of every day shows the same figures. `node e2e/support/sample.mjs <folder>` writes its files.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const begin = Date.parse('2026-11-20T09:14:02.000Z')
const goal = 'Electric buses by 2030'
/** US dollars for a million tokens: read, read from the provider's cache, written. */
const rates = {
  'anthropic/claude-haiku-4-5': [1, 0.1, 5],
  'openai/gpt-5-mini': [0.25, 0.025, 2],
  'anthropic/claude-sonnet-4-5': [3, 0.3, 15]
}
const [haiku, mini, sonnet] = ['anthropic/claude-haiku-4-5', 'openai/gpt-5-mini', 'anthropic/claude-sonnet-4-5']
const system =
  'You research one question for a town council. Cite a source for each figure. Say what is not known. Write for people who have to decide, not for engineers.'

const questions = [
  {
    ask: 'What does an electric bus cost over twelve years, against a diesel one?',
    a: 'Over twelve years an electric bus costs about six per cent less than a diesel one, if it drives at least 180 km a day. The battery is the largest part: replacing it in year eight takes back half of what the cheaper energy saved. Depot chargers are 11 % of the whole and can be shared by two buses.',
    b: 'Total cost reaches parity in year seven or eight. Fuel is 41 % of what a diesel bus costs in its life, electricity 17 % of what an electric one does. Purchase prices fell by a fifth since 2022, so older studies show parity too late.'
  },
  {
    ask: 'How much range is lost in winter, and does it matter on our lines?',
    a: 'At ten degrees below zero a bus loses 18 % of its range when the cabin is warmed by a heat pump. Line 4, with 212 km a day, would then end its day with 9 % left.',
    b: 'Expect to lose 31 % of the range at ten degrees below zero with plain electric heating. Preheating at the depot gives back a third of that. One of four lines needs a second charger at its northern end.'
  },
  {
    ask: 'Which towns of our size have done it, and what did they report?',
    a: 'Two towns of about 90,000 people changed their whole fleet between 2024 and 2027. Both report fewer breakdowns and more trouble with chargers than with buses: three quarters of all cancelled trips were due to a charger.',
    b: 'Five towns between 80,000 and 200,000 people reported on at least one full winter. Four kept a reserve of diesel buses for the coldest two weeks, and one of them used it.'
  }
]

const pages = JSON.stringify(
  ['Fleet report 2027', 'First winter with 34 buses', 'Charging at the depot', 'Minutes of the transport board'].map(
    (title, i) => ({ title, url: `https://fleet.example/${i + 1}`, words: 400 + 137 * i })
  )
)
const fetched =
  'Fleet report 2027. Of 184 buses on batteries, 171 are charged in the depot and 13 on the line. Cost per kilometre fell from 1.92 to 1.71. Cancelled trips: 0.8 %, three quarters of them because of a charger.'

const review = [
  'They agree: both put parity in year seven or eight, and both name the battery as the largest risk.',
  'They differ: 18 % against 31 % at ten degrees below zero. The difference is the heat pump, which only the first one assumes.',
  'They agree on the size of the towns and on the chargers. The second one adds the reserve of diesel buses.'
]
const advice =
  '**Yes, in two steps.** Replace the 46 buses that run in the inner town by 2028 and the 22 regional ones by 2031. Over twelve years an electric bus costs six per cent less than a diesel one, and parity comes in year seven or eight.\n\n**Winter is the weak point.** One finding says that 18 % of the range is lost in the cold, another one 31 %. Plan with the higher figure: line 4 then needs a second charger at its northern end. Keep eight diesel buses in reserve for the coldest two weeks.\n\n**Chargers fail more often than buses.** Buy service for them in the same contract.'
const advised = `${advice.split('\n\n')[0]}\n\nKeep eight diesel buses in reserve, and plan line 4 with a second charger.`
const thoughts =
  'The council wants a yes or a no. Costs agree. The winter figures differ by the kind of heating, so the cautious one has to be used for planning, and the reader has to know why. The towns that did it say that chargers, not buses, were the trouble. So: yes, in two steps, with a reserve.'

/** Numbers that look like chance and are always the same. */
function chance(seed) {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** The rhythm of an answer: pieces of some words, with two real pauses. */
function rhythm(length, first, total, seed) {
  const next = chance(seed)
  const pieces = Math.max(2, Math.min(60, Math.round(length / 9)))
  const lengths = Array.from({ length: pieces }, (_, i) =>
    i === pieces - 1 ? length - Math.floor(length / pieces) * (pieces - 1) : Math.floor(length / pieces)
  )
  const weights = lengths.map((_, i) =>
    i > 0 && (i === pieces >> 1 || i === pieces >> 2) ? 1 + pieces / 24 : 0.5 + next()
  )
  const sum = weights.slice(1).reduce((all, one) => all + one, 0)
  const pauses = weights.map((weight, i) => (i === 0 ? first : Math.round((weight / sum) * (total - first - 2))))
  return { lengths, pauses_ms: pauses }
}

/** A ledger under construction: each function adds an event and returns its id. */
function book(name, from = begin) {
  const events = []
  const add = (type, at, actor, cause, data) => {
    const id = `${type}-${name.replace(/\W/g, '')}-${events.length + 1}`
    const timestamp = new Date(from + at).toISOString()
    events.push({ id, type, source: name, actor, cause: [cause].flat().filter(Boolean), timestamp, data })
    return id
  }
  const ask = (at, actor, cause, model, content, more = {}) => {
    const { messages, tools, object, max_tokens = 1024 } = more
    const dialog = messages ?? [
      { role: 'system', content: system },
      { role: 'user', content }
    ]
    return add('llm.request', at, actor, cause, {
      model,
      messages: dialog,
      max_tokens,
      temperature: 0.2,
      ...(tools ? { tools } : {}),
      target: {
        provider: model.split('/')[0],
        api: 'chat',
        base_url: `https://api.${model.split('/')[0]}.com/v1`,
        model: model.split('/')[1]
      },
      ...(object ? { cause_object_id: object } : {})
    })
  }
  const answer = (at, request, model, text, more) => {
    const { latency, first, input, cached = 0, reasoning, hit, calls, key } = more
    const output = Math.round((text.length + (reasoning?.length ?? 0)) / 3.4) + (calls ? 54 : 0)
    const [read, reread, written] = rates[model]
    const cost = Number((((input - cached) * read + cached * reread + output * written) / 1e6).toFixed(6))
    const tool_calls = calls?.map(({ id, name, args }) => ({ id, name, arguments: args }))
    const wire = calls?.map(({ id, name, args }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(args) }
    }))
    return add('llm.response', at, 'llm_executor', request, {
      text,
      model: model.split('/')[1],
      cost_usd: hit ? 0 : cost,
      usage: {
        input_tokens: input,
        output_tokens: output,
        cached_input_tokens: cached,
        reasoning_tokens: reasoning ? Math.round(reasoning.length / 3.4) : 0
      },
      finish_reason: calls ? 'tool_calls' : 'stop',
      message: { role: 'assistant', content: text, ...(wire ? { tool_calls: wire } : {}) },
      ...(tool_calls ? { tool_calls } : {}),
      ...(reasoning ? { reasoning } : {}),
      cached: hit === true,
      cache: { state: hit ? 'hit' : 'miss', key: key.repeat(8) },
      ...(hit ? { saved_usd: cost } : {}),
      price_date: '2026-08-01',
      attempts: more.attempts ?? 1,
      latency_ms: latency,
      first_delta_ms: hit ? 1 : first,
      ...(hit ? {} : { stream: rhythm(text.length + (reasoning?.length ?? 0), first, latency, at) })
    })
  }
  return { name, events, add, ask, answer }
}

const tools = [
  {
    name: 'search_web',
    description: 'Searches the web.',
    parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] }
  },
  {
    name: 'fetch_page',
    description: 'Reads a page.',
    parameters: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] }
  }
]

/** The run, up to its answer. `pace` stretches its times, for the run before it. */
function council(name, from, pace = 1) {
  const run = book(name, from)
  const { add, ask, answer } = run
  const t = ms => Math.round(ms * pace)
  const loaded = add('kit.loaded', 0, 'runtime', [], {
    name: 'council',
    version: '1.2.0',
    options: { models: [haiku, mini] },
    goal,
    budget: { maxCostUsd: 0.25 }
  })
  const aim = add('object.created', 0, 'runtime', loaded, { id: 'goal-1', type: 'Goal', data: { text: goal } })
  const finding = (q, side) => `finding-${q + 1}${side}`
  const asked = questions.map(({ ask: text }, q) => {
    const created = add('object.created', t(6), 'council.planner', aim, {
      id: `question-${q + 1}`,
      type: 'Question',
      data: { text, priority: 3 - q, state: 'open' }
    })
    add('relation.created', t(6), 'council.planner', aim, {
      id: `part-${q + 1}`,
      type: 'part_of',
      source_id: `question-${q + 1}`,
      target_id: 'goal-1'
    })
    return created
  })
  const created = questions.map((_, q) =>
    ['a', 'b'].map(side =>
      add('object.created', t(10), 'council.finder', asked[q], {
        id: finding(q, side),
        type: 'Finding',
        data: { state: 'pending', question: `question-${q + 1}` }
      })
    )
  )
  const calls = questions.map(({ ask: text }, q) =>
    [haiku, mini].map((model, i) =>
      ask(t(14), 'council.finder', created[q][i], model, text, {
        object: finding(q, 'ab'[i]),
        ...(q === 2 && i === 0 ? { tools } : {})
      })
    )
  )
  const done = (at, q, side, cause, text) =>
    add('object.patched', at, 'council.finder', cause, {
      id: finding(q, side),
      patch: { state: 'complete', text }
    })
  const [one, two, three] = questions
  const answered = {}
  answered['0a'] = answer(t(17), calls[0][0], haiku, one.a, {
    latency: 3,
    input: 2140,
    hit: true,
    key: '7be1a0c4'
  })
  const ready = { '0a': done(t(18), 0, 'a', answered['0a'], one.a) }
  add('llm.attempt', t(669), 'llm_executor', calls[1][1], { n: 1, kind: 'rate_limit', wait_ms: 1186 })
  const turn = answer(t(1560), calls[2][0], haiku, '', {
    latency: t(1546),
    first: t(402),
    input: 2490,
    key: '40d9be11',
    calls: [
      { id: 'call-1', name: 'search_web', args: { query: 'electric bus fleet 100,000 people winter report' } },
      { id: 'call-2', name: 'fetch_page', args: { url: 'https://fleet.example/1' } }
    ]
  })
  const used = tools.map((tool, i) =>
    add('tool.called', t(1566), 'council.finder', turn, {
      name: tool.name,
      call_id: `call-${i + 1}`,
      arguments:
        i === 0 ? { query: 'electric bus fleet 100,000 people winter report' } : { url: 'https://fleet.example/1' }
    })
  )
  const found = add('tool.returned', t(2408), 'search_web', used[0], {
    name: 'search_web',
    call_id: 'call-1',
    result: JSON.parse(pages)
  })
  answered['1a'] = answer(t(2690), calls[1][0], haiku, two.a, {
    latency: t(2676),
    first: t(390),
    input: 2110,
    key: '11c2f8a9'
  })
  ready['1a'] = done(t(2692), 1, 'a', answered['1a'], two.a)
  const read = add('tool.returned', t(2790), 'fetch_page', used[1], {
    name: 'fetch_page',
    call_id: 'call-2',
    result: fetched
  })
  const again = ask(t(2796), 'council.finder', [found, read], haiku, three.ask, {
    object: finding(2, 'a'),
    tools,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: three.ask },
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          {
            id: 'call-1',
            type: 'function',
            function: {
              name: 'search_web',
              arguments: '{"query":"electric bus fleet 100,000 people winter report"}'
            }
          },
          {
            id: 'call-2',
            type: 'function',
            function: { name: 'fetch_page', arguments: '{"url":"https://fleet.example/1"}' }
          }
        ]
      },
      { role: 'tool', tool_call_id: 'call-1', content: pages },
      { role: 'tool', tool_call_id: 'call-2', content: fetched }
    ]
  })
  answered['0b'] = answer(t(4210), calls[0][1], mini, one.b, {
    latency: t(4196),
    first: t(912),
    input: 2120,
    key: '5a27cc03'
  })
  ready['0b'] = done(t(4212), 0, 'b', answered['0b'], one.b)
  const judge = (at, q) =>
    ask(at, 'council.reviewer', [ready[`${q}a`], ready[`${q}b`]], haiku, `Do findings ${q + 1}a and ${q + 1}b agree?`, {
      max_tokens: 300
    })
  const verdict = (at, q, request, latency, key) => {
    const given = answer(at, request, haiku, review[q], {
      latency,
      first: Math.round(latency * 0.28),
      input: 1380 + 40 * q,
      key
    })
    return add('relation.created', at + 2, 'council.reviewer', given, {
      id: `agree-${q + 1}`,
      type: q === 1 ? 'contradicts' : 'supports',
      source_id: finding(q, 'a'),
      target_id: finding(q, 'b'),
      data: { by: haiku }
    })
  }
  const first = judge(t(4218), 0)
  answered['2b'] = answer(t(5020), calls[2][1], mini, three.b, {
    latency: t(5006),
    first: t(1204),
    input: 2120,
    key: '0c7719de'
  })
  ready['2b'] = done(t(5022), 2, 'b', answered['2b'], three.b)
  const judged = [verdict(t(5420), 0, first, t(1202), '2f00b6a1')]
  answered['1b'] = answer(t(5480), calls[1][1], mini, two.b, {
    latency: t(3625),
    first: t(860),
    input: 2110,
    attempts: 2,
    key: '9e31a4d7'
  })
  ready['1b'] = done(t(5482), 1, 'b', answered['1b'], two.b)
  const second = judge(t(5488), 1)
  answered['2a'] = answer(t(5910), again, haiku, three.a, {
    latency: t(3114),
    first: t(430),
    input: 5210,
    cached: 2490,
    key: '9f2c41d0'
  })
  ready['2a'] = done(t(5912), 2, 'a', answered['2a'], three.a)
  const third = judge(t(5918), 2)
  judged.push(verdict(t(6790), 1, second, t(1302), 'b1d3c2f7'))
  const quarrel = add('object.created', t(6793), 'council.reviewer', judged[1], {
    id: 'contradiction-1',
    type: 'Contradiction',
    data: { about: 'range in winter', one: '18 %', other: '31 %' }
  })
  judged.push(verdict(t(7130), 2, third, t(1212), '6c8d90aa'))
  const synthesis = add('object.created', t(7136), 'council.writer', [...judged, quarrel], {
    id: 'synthesis-1',
    type: 'Synthesis',
    data: { state: 'pending' }
  })
  add('relation.created', t(7136), 'council.writer', synthesis, {
    id: 'answers-1',
    type: 'answers',
    source_id: 'synthesis-1',
    target_id: 'goal-1'
  })
  const write = ask(
    t(7142),
    'council.writer',
    synthesis,
    sonnet,
    `Write the answer from 6 findings and 1 contradiction.\n\n${questions.map(q => `${q.ask}\n- ${q.a}\n- ${q.b}`).join('\n\n')}`,
    { object: 'synthesis-1', max_tokens: 2000 }
  )
  return { ...run, t, write, synthesis }
}

function ended(run, at, text) {
  const { add, answer, write, t } = run
  const given = answer(at, write, sonnet, text, {
    latency: at - t(7142),
    first: t(1240),
    input: 6840,
    reasoning: thoughts,
    key: 'e07711b4'
  })
  const patch = add('object.patched', at + 2, 'council.writer', given, {
    id: 'synthesis-1',
    patch: { state: 'complete', text }
  })
  add('object.patched', at + 4, 'council.writer', patch, { id: 'goal-1', patch: { answer: 'yes, in two steps' } })
  return run
}

/** The run of the pictures and the one before it: `{ name, events }`, oldest first. */
export function sampleRuns() {
  const earlier = council('run:7', begin - 3_600_000, 1.17)
  ended(earlier, earlier.t(15_900), advised)
  const run = council('run:8', begin)
  ended(run, 15_320, advice)
  return [earlier, run].map(({ name, events }) => ({ name, events }))
}

/** What the branch asks in the place of the question about other towns, and what follows from it. */
const shorter = `${questions[2].ask} Answer in at most 80 words.`
const short =
  'Two towns of about 90,000 people did it between 2024 and 2027. Both had more trouble with chargers than with buses.'

/** What runs again in the branch: all that the changed request led to. The rest is taken from the recording, for $0. */
function branched(name, events, parent) {
  const run = book(name)
  const { add, ask, answer, events: tail } = run
  const request = events.find(({ type, data }) => type === 'llm.request' && data.messages[1]?.content === shorter)
  const from = parent.findIndex(event => event.id === request.id)
  const touched = new Set([request.id])
  for (const event of parent.slice(from)) if (event.cause.some(id => touched.has(id))) touched.add(event.id)
  const recorded = parent.slice(from + 1).filter(event => !touched.has(event.id))
  for (const event of recorded) {
    const { data } = event
    const reused = { cost_usd: 0, saved_usd: data.cost_usd, cached: true, latency_ms: 1, first_delta_ms: 1 }
    const { stream: _stream, ...rest } = data
    const answered = event.type === 'llm.response'
    tail.push({
      ...event,
      source: name,
      timestamp: new Date(begin + 4_800 + tail.length).toISOString(),
      data: answered ? { ...rest, ...reused, cache: { state: 'hit', key: data.cache.key } } : data
    })
  }
  const given = answer(6930, request.id, haiku, short, {
    latency: 2130,
    first: 410,
    input: 5216,
    cached: 2490,
    key: 'd4c01b7e'
  })
  const patch = add('object.patched', 6932, 'council.finder', given, {
    id: 'finding-3a',
    patch: { state: 'complete', text: short }
  })
  const judge = ask(6938, 'council.reviewer', patch, haiku, 'Do findings 3a and 3b agree?', { max_tokens: 300 })
  const verdict = answer(8024, judge, haiku, review[2], { latency: 1086, first: 301, input: 1240, key: '77a0be52' })
  const relation = add('relation.created', 8026, 'council.reviewer', verdict, {
    id: 'agree-3',
    type: 'supports',
    source_id: 'finding-3a',
    target_id: 'finding-3b',
    data: { by: haiku }
  })
  const synthesis = add('object.created', 8032, 'council.writer', relation, {
    id: 'synthesis-1',
    type: 'Synthesis',
    data: { state: 'pending' }
  })
  const written = ask(
    8038,
    'council.writer',
    synthesis,
    sonnet,
    'Write the answer from 6 findings and 1 contradiction.',
    {
      object: 'synthesis-1',
      max_tokens: 2000
    }
  )
  const last = answer(14_210, written, sonnet, advised, {
    latency: 6172,
    first: 1180,
    input: 6420,
    reasoning: thoughts,
    key: '3ad9127c'
  })
  add('object.patched', 14_212, 'council.writer', last, {
    id: 'synthesis-1',
    patch: { state: 'complete', text: advised }
  })
  return tail
}

/** `ledgers/` as the command keeps them, and each ledger as a file. */
export async function write(folder) {
  const { createHost, forkLedger, openLedger, toJSONL } = await import('daybook')
  const { fileLedgerStore } = await import('daybook/node')
  const ledgers = join(folder, 'ledgers')
  mkdirSync(ledgers, { recursive: true })
  const store = fileLedgerStore(ledgers)
  for (const { name, events } of sampleRuns()) {
    const ledger = await openLedger(store, name)
    await ledger.append(events)
    writeFileSync(join(folder, `${name.replace(':', '-')}.jsonl`), toJSONL(events))
    if (name === 'run:8') {
      const position = events.findIndex(
        ({ type, data }) => type === 'llm.request' && data.messages.some(message => message.role === 'tool')
      )
      // As if it had been forked while the run went on.
      const host = createHost({ now: () => begin + 4_790 })
      const branch = await forkLedger(ledger, position, {
        host,
        id: 'b2',
        change: { set: { 'messages.1.content': shorter } }
      })
      const all = []
      for await (const event of branch.read()) all.push(event)
      const tail = branched(branch.name, all, events)
      await branch.append(tail)
      all.push(...tail)
      writeFileSync(join(folder, 'branch-b2.jsonl'), toJSONL(all))
      await branch.close()
    }
    await ledger.close()
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await write(process.argv[2] ?? 'sample')
