// The kill test: a process runs a kit over files, against a provider on this machine that counts what it is asked, and is
// killed at moments from a fixed seed until the run has ended. Nothing that was answered is asked again, and the ledger is
// the one of a run that nobody killed. `node packages/tools/soak.mjs [kills] [seed]`; npm test does it with fewer kills.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { at, isMain, main } from './workspace.mjs'

/** What arrived so long before a kill must be on the disk; what came later may have been on its way there. */
const graceMs = 500

/**
 * Resolves with figures, and what went wrong: nothing, if all is well.
 * @returns {Promise<{ kills: number, runs: number, asked: number, lost: number, saved: number, problems: string[] }>}
 */
export async function soak({ kills, seed, say = () => {} }) {
  const home = mkdtempSync(join(tmpdir(), 'daybook-soak-'))
  const program = join(home, 'run.mjs')
  const provider = await startProvider()
  try {
    await bundle(home)
    const { read, whole } = await import(pathToFileURL(program).href)
    const random = seeded(seed)
    const figures = { kills: 0, runs: 0, asked: 0, lost: 0, saved: 0, problems: [] }
    const problem = text => figures.problems.push(text)

    const calm = join(home, 'calm')
    provider.begin()
    await launch(program, calm, provider.url, 'memory').ended
    const expected = stableOf((await read(calm)).events)
    const distinct = provider.asked.size

    while (figures.kills < kills) {
      const folder = join(home, `run-${figures.runs}`)
      const cache = figures.runs % 2 === 0 ? 'memory' : 'file'
      const there = new Set()
      provider.begin()
      for (;;) {
        const child = launch(program, folder, provider.url, cache)
        const began = performance.now()
        provider.onNews = () => {}
        const killed = figures.kills < kills && (await killedAt(child, provider, random))
        const at = performance.now()
        if (!killed) {
          if ((await child.ended) !== 0) problem(`run ${figures.runs} failed`)
          break
        }
        await child.ended
        figures.kills++
        const { events, kept } = await read(folder)
        const durable = new Set([...answeredIn(events), ...answersIn(events, kept)])
        for (const content of durable) there.add(content)
        figures.saved += kept.length
        for (const [content, calls] of provider.asked) {
          const { asked, answered } = calls.at(-1)
          if (durable.has(content) || asked < began) continue
          figures.lost++
          if (answered !== undefined && answered < at - graceMs) {
            problem(
              `run ${figures.runs}: "${content}" was answered ${Math.round(at - answered)} ms before the kill and is lost`
            )
          }
        }
        for (const content of there) provider.done(content)
        say(`kill ${figures.kills}: ${events.length} events, ${kept.length} in the outbox`)
      }
      const { events } = await read(folder)
      const found = stableOf(events.filter(({ type }) => type !== 'run.resumed'))
      const differs = found.findIndex((event, n) => event !== expected[n])
      if (differs >= 0 || found.length !== expected.length) {
        problem(
          `run ${figures.runs} differs from the calm one at ${differs}: ${found[differs]} for ${expected[differs]}`
        )
      }
      for (const content of provider.again) problem(`run ${figures.runs} asked again what it had: "${content}"`)
      if (provider.asked.size !== distinct)
        problem(`run ${figures.runs} asked ${provider.asked.size} things, not ${distinct}`)
      const { ok, files } = await whole(folder)
      if (!ok || files.join() !== 'heads.json,run-soak.jsonl')
        problem(`run ${figures.runs} left ${files} (whole: ${ok})`)
      figures.asked += [...provider.asked.values()].reduce((sum, calls) => sum + calls.length, 0)
      figures.runs++
      rmSync(folder, { recursive: true, force: true })
    }
    return figures
  } finally {
    provider.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** True when it was killed, at some moment after some of its calls; false when it ended before. */
async function killedAt(child, provider, random) {
  let news = 1 + Math.floor(random() * 24)
  const wait = random() < 0.3 ? random() * 600 : random() * 20
  let timer
  const due = new Promise(resolve => {
    provider.onNews = () => {
      if (--news === 0) timer = setTimeout(resolve, wait, true)
    }
  })
  const killed = await Promise.race([due, child.ended.then(() => false)])
  clearTimeout(timer)
  if (killed) child.kill()
  return killed
}

function launch(program, folder, url, cache) {
  const process_ = spawn(process.execPath, [program, folder, url, cache], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DAYBOOK_SOAK: 'run' }
  })
  const ended = new Promise(resolve => process_.on('close', resolve))
  return { ended, kill: () => process_.kill('SIGKILL') }
}

/** Contents of the requests whose answers the ledger holds. */
function answeredIn(events) {
  const requests = new Map(events.map(event => [event.id, event]))
  return events.flatMap(({ type, cause }) =>
    type === 'llm.response' ? [requests.get(cause[0])?.data.messages[0].content] : []
  )
}

/** Of those that the outbox holds: of executors, whose requests are in the ledger, and of responders. */
function answersIn(events, kept) {
  const requests = new Map(events.map(event => [event.id, event.data]))
  return kept.flatMap(({ slots }) =>
    slots.flatMap(({ draft, call }) =>
      draft.type === 'llm.response' ? [(call.asked?.draft.data ?? requests.get(call.request))?.messages[0].content] : []
    )
  )
}

const volatile = ['latency_ms', 'first_delta_ms', 'stream', 'elapsed_seconds', 'attempts', 'native', 'id']

function stableOf(events) {
  return events.map(({ timestamp: _timestamp, data, ...event }) => {
    const kept = Object.entries(data).filter(([name]) => event.type !== 'llm.response' || !volatile.includes(name))
    return JSON.stringify({ ...event, data: Object.fromEntries(kept) })
  })
}

/** A provider that answers each question in its own time, and says who was asked what. */
async function startProvider() {
  const provider = {
    /** By content: each time that it was asked, and when that was answered. */
    asked: new Map(),
    again: new Set(),
    onNews: () => {},
    begin() {
      provider.asked = new Map()
      provider.again = new Set()
      known.clear()
    },
    done: content => known.add(content)
  }
  const known = new Set()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { content } = JSON.parse(body).messages[0]
    const call = { asked: performance.now(), answered: undefined }
    provider.asked.set(content, [...(provider.asked.get(content) ?? []), call])
    if (known.has(content)) provider.again.add(content)
    provider.onNews()
    const number = [...content].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7)
    // One of each wave is slow: the others must wait for it in the outbox.
    const slow = /^(topic|dig|check) 0/.test(content)
    await new Promise(resolve => setTimeout(resolve, slow ? 700 : 10 + (number % 60)))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = data => response.write(`data: ${JSON.stringify({ id: 'x', model: 'gpt-5-mini', ...data })}\n\n`)
    for (const text of ['So it is ', `number ${number}`, '.'])
      send({ choices: [{ index: 0, delta: { content: text } }] })
    send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
    send({ choices: [], usage: { prompt_tokens: content.length, completion_tokens: 10 + (number % 7) } })
    response.end('data: [DONE]\n\n', () => {
      call.answered = performance.now()
      provider.onNews()
    })
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(provider, {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  })
}

/** The process runs plain Node, so it gets the library as one file. */
function bundle(home) {
  return build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, resolve: { conditions: ['@daybook/source', 'node'] } },
    build: {
      ssr: at('packages/tools/soak-run.mjs'),
      outDir: home,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'run.mjs' } }
    }
  })
}

function seeded(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const [kills = 300, seed = 1] = process.argv.slice(2).map(Number)
    const started = performance.now()
    const { problems, ...figures } = await soak({ kills, seed, say: text => process.stdout.write(`${text}\n`) })
    process.stdout.write(
      `${JSON.stringify({ ...figures, seconds: Math.round((performance.now() - started) / 1000) })}\n`
    )
    if (problems.length > 0) throw new Error(problems.join('\n'))
  })
}
