// Answers that providers really gave, over HTTP, for tests in Node and in Chromium: /recorded/<id>/<any path> answers as
// it was recorded, cut where it hurts. Nothing but the named files of the listed answers is ever read.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { at } from './workspace.mjs'

const folder = join(process.env.DAYBOOK_FIXTURES ?? at('../shared/fixtures'), 'open')
const files = new Set(['expected.json', 'response.body', 'response.headers.json'])

let listed

/** The ids of the answers; none where the folder is absent. */
function ids() {
  if (!listed) {
    const index = join(folder, 'index.json')
    listed = new Set(existsSync(index) ? JSON.parse(readFileSync(index, 'utf8')).map(({ id }) => id) : [])
  }
  return listed
}

const read = (...path) => readFileSync(join(folder, ...path))

/** A stream of numbers below 1 that is the same in every run. */
function seeded(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

async function replay(id, response) {
  const body = read(id, 'response.body')
  response.writeHead(Number(read(id, 'response.status')), JSON.parse(read(id, 'response.headers.json')))
  const random = seeded(id.length * 7919 + body.length)
  for (let start = 0; start < body.length; ) {
    const size = 1 + Math.floor(random() * (random() < 0.2 ? 5 : 900))
    response.write(body.subarray(start, start + size))
    start += size
    if (random() < 0.3) await new Promise(resolve => setImmediate(resolve))
  }
  response.end()
}

/** A handler for the paths under /recorded/; all others are left to the next one. */
export function recordedAnswers(request, response, next) {
  const [, place, id, file] = (request.url ?? '').split('?')[0].split('/')
  if (place !== 'recorded') return next()
  const known = ids().has(id)
  if (request.method === 'POST' && known) {
    request.resume()
    request.on('end', () => void replay(id, response))
  } else if (id === 'index.json' && ids().size > 0) response.end(read('index.json'))
  else if (known && files.has(file)) response.end(read(id, file))
  else response.writeHead(404).end()
}

/** For the server that Vitest gives its pages. */
export const recordedPlugin = () => ({
  name: 'daybook-recorded',
  configureServer: ({ middlewares }) => void middlewares.use(recordedAnswers)
})

/** A server of its own, for tests in Node. */
export async function serveRecorded() {
  const server = createServer((request, response) =>
    recordedAnswers(request, response, () => response.writeHead(404).end())
  )
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections()
      server.close()
    }
  }
}
