// The run that the soak test kills: a process of its own, which begins a run of a kit or takes it up again. Bundled from
// the sources by soak.mjs, which also reads with it what a killed process has left.
import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createDaybook, memoryCache, openLedger, responder, verifyLedger } from 'daybook'
import { fileCache, fileLedgerStore } from 'daybook/node'

const model = 'openai/gpt-5-mini'
const request = (content, about) => ({
  model,
  messages: [{ role: 'user', content }],
  max_tokens: 50,
  ...(about ? { cause_object_id: about } : {})
})
const ask = (content, about) => ({ type: 'llm.request', data: request(content, about) })
const create = (id, type, data) => ({ type: 'object.created', data: { id, type, data } })

/**
 * Six questions; for each answer two more calls, one after the other, within one responder; then two checks of each
 * result and one question that all have in common: 32 calls in three waves, and some that the cache answers.
 */
const kit = {
  name: 'soak',
  version: '1.0.0',
  responders: () => [
    responder('plan', 'object.created', event =>
      event.data.type === 'Goal' ? [0, 1, 2, 3, 4, 5].map(n => ask(`topic ${n}`, `topic-${n}`)) : []
    ),
    responder('dig', 'llm.response', async (event, _world, { llm }) => {
      const [, n] = /^topic-(\d)$/.exec(event.data.cause_object_id ?? '') ?? []
      if (n === undefined) return []
      const first = await llm(request(`dig ${n} first: ${event.data.text}`))
      const second = await llm(request(`dig ${n} second: ${first.text}`))
      return [create(`note-${n}`, 'Note', { n, text: second.text })]
    }),
    responder('check', 'object.created', event => {
      if (event.data.type !== 'Note') return []
      const { n, text } = event.data.data
      return [
        ask(`check ${n} a: ${text}`),
        ask(`check ${n} b: ${text}`),
        ask('what all have in common 9', `common-${n}`)
      ]
    }),
    responder('again', 'llm.response', event =>
      event.data.cause_object_id === 'common-3' ? [ask('what all have in common 9'), ask('topic 1')] : []
    )
  ]
}

/** Begins the run in this folder, or takes it up again, and ends it. */
async function run(folder, proxy, cache) {
  const store = fileLedgerStore(join(folder, 'ledgers'))
  const daybook = createDaybook({
    ...{ model, proxy, store, kits: [kit] },
    cache: cache === 'file' ? fileCache(join(folder, 'cache')) : memoryCache()
  })
  const begun = (await store.length('run:soak')) > 0
  await (begun ? daybook.resume('soak') : daybook.run(kit, 'Find out.', { id: 'soak' }))
  await daybook.close()
  await store.close()
}

/** What is on the disk: the events, what the outbox holds besides, and whether the file is whole. */
export async function read(folder) {
  const place = join(folder, 'ledgers')
  const store = fileLedgerStore(place)
  const events = []
  for await (const event of (await openLedger(store, 'run:soak')).read()) events.push(event)
  const kept = []
  for await (const { data } of store.read('outbox:run-soak')) kept.push(data)
  await store.close()
  return { events, kept }
}

export async function whole(folder) {
  const place = join(folder, 'ledgers')
  const { ok } = await verifyLedger(createReadStream(join(place, 'run-soak.jsonl')))
  return {
    ok,
    files: readdirSync(place)
      .filter(name => !/\.corrupt-|\.tmp$/.test(name)) // what a kill in the middle of a write leaves
      .sort()
  }
}

const [, , folder, proxy, cache] = process.argv
if (process.env.DAYBOOK_SOAK === 'run') await run(folder, proxy, cache)
