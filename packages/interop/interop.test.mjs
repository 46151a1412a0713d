// Under other SDKs: their answers are the same with recordFetch and without, every request of theirs is recorded and then
// answered from the cache, and what they send is what the tests of daybook/fetch were written for.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { createDaybook, memoryCache, memoryLedgerStore } from 'daybook'
import { recordFetch } from 'daybook/fetch'
import { cases } from './cases.mjs'
import { serveSimulated } from './server.mjs'

const write = process.env.DAYBOOK_WRITE_SEEN === '1'
const require = createRequire(import.meta.url)
const versionOf = name => `${name} ${JSON.parse(readFileSync(packageOf(name), 'utf8')).version}`
const packageOf = name => require.resolve.paths(name).map(folder => `${folder}/${name}/package.json`)[0]
const sdks = { 'ai-sdk': ['ai', '@ai-sdk/openai'], langchain: ['@langchain/openai', '@langchain/core'] }
const fileOf = sdk => new URL(`../daybook/src/fetch/seen/${sdk}.json`, import.meta.url)

let server
before(async () => {
  server = await serveSimulated()
})
after(() => server.close())

async function eventsOf(ledger) {
  const events = []
  for await (const event of ledger.read()) events.push(event)
  return events
}

for (const [sdk, all] of Object.entries(cases)) {
  describe(sdk, () => {
    const requests = []

    for (const [name, run] of Object.entries(all)) {
      test(name, async () => {
        const { baseURL, seen } = server
        const plain = await run({ baseURL, fetch: globalThis.fetch })
        const sent = seen.splice(0)
        requests.push(...sent.map(request => ({ case: name, ...request })))

        const warnings = []
        const daybook = createDaybook({
          store: memoryLedgerStore(),
          cache: memoryCache(),
          host: { warn: warning => warnings.push(warning) }
        })
        const fetch = recordFetch(daybook, { cache: true })
        assert.deepEqual(await run({ baseURL, fetch }), plain)
        assert.deepEqual(seen.splice(0), sent)
        assert.deepEqual(await run({ baseURL, fetch }), plain)
        assert.deepEqual(seen, [], 'the second time nothing is sent')

        const events = await eventsOf(daybook.ledger)
        const rounds = Array.from({ length: 2 * sent.length }, () => ['llm.request', 'llm.response']).flat()
        assert.deepEqual(
          events.map(({ type }) => type),
          rounds
        )
        const responses = events.filter(({ type }) => type === 'llm.response').map(({ data }) => data)
        assert.deepEqual(
          responses.map(({ cached }) => cached),
          [...sent.map(() => false), ...sent.map(() => true)]
        )
        assert.ok(responses.every(({ usage, finish_reason }) => usage && finish_reason))
        assert.deepEqual(warnings, [])
        await daybook.close()
      })
    }

    test('what it sends is what it was seen to send', () => {
      const found = { sdk: sdks[sdk].map(versionOf), requests: JSON.parse(JSON.stringify(requests)) }
      if (write) writeFileSync(fileOf(sdk), `${JSON.stringify(found, null, 2)}\n`)
      assert.deepEqual(found, JSON.parse(readFileSync(fileOf(sdk), 'utf8')))
    })
  })
}
