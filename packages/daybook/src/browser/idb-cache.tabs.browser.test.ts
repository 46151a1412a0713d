import { afterEach, expect, test } from 'vitest'

// A worker knows as little of this page as another tab does, and shares its database and its locks.
const workers: Worker[] = []
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate()
})

const at = (path: string): string => new URL(path, import.meta.url).href

const program = `
const [{ cached }, { idbCache }, { llmStream }] = await Promise.all([
  import(${JSON.stringify(at('../cache/cached.ts'))}),
  import(${JSON.stringify(at('./idb-cache.ts'))}),
  import(${JSON.stringify(at('../llm/llm-stream.ts'))})
])
let asked = 0
let store
let controller = new AbortController()
self.onmessage = async ({ data: { name, how, ms } }) => {
  store ??= idbCache({ name })
  const llm = cached((request, { signal } = {}) => llmStream(async function* (signal) {
    asked++
    postMessage({ began: true })
    yield { type: 'text.delta', text: 'Yes' }
    await new Promise((resolve, reject) => {
      setTimeout(how === 'fail' ? () => reject(new Error('refused')) : resolve, ms)
      signal.addEventListener('abort', () => reject(signal.reason))
    })
    return { text: 'Yes.', message: { role: 'assistant', content: 'Yes.' }, tool_calls: [], model: 'm', usage: null,
      finish_reason: 'stop', cost_usd: 0.5, cached: false }
  }, { signal }), store)
  try {
    const calls = how === 'twice' ? 2 : 1
    const request = { model: 'm', messages: [{ role: 'user', content: 'Is it so?' }] }
    const answers = await Promise.all(Array.from({ length: calls }, () => llm(request)))
    postMessage({ asked, costs: answers.map(answer => answer.cost_usd), states: answers.map(answer => answer.cache.state) })
  } catch (error) {
    postMessage({ asked, error: error.message })
  }
}
postMessage({ ready: true })
`

interface Told {
  readonly asked: number
  readonly costs?: readonly number[]
  readonly states?: readonly string[]
  readonly error?: string
}

interface Tab {
  readonly began: Promise<void>
  ask(how: 'once' | 'twice' | 'fail', ms: number): Promise<Told>
}

async function tab(name: string): Promise<Tab> {
  const url = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }))
  const worker = new Worker(url, { type: 'module' })
  workers.push(worker)
  const told: Told[] = []
  const heard = new Map<string, () => void>()
  const began = new Promise<void>(resolve => heard.set('began', resolve))
  const ready = new Promise<void>((resolve, reject) => {
    heard.set('ready', resolve)
    worker.onerror = event => reject(new Error(event.message))
  })
  worker.onmessage = ({ data }) => {
    if (data.ready) heard.get('ready')?.()
    else if (data.began) heard.get('began')?.()
    else {
      told.push(data)
      heard.get('told')?.()
    }
  }
  await ready
  return {
    began,
    async ask(how, ms) {
      const answered = new Promise<void>(resolve => heard.set('told', resolve))
      worker.postMessage({ name, how, ms })
      await answered
      return told.at(-1) as Told
    }
  }
}

const fresh = (): string => `cache-${crypto.randomUUID()}`

test('two tabs that ask the same at the same time make one call, and one pays', async () => {
  const name = fresh()
  const [one, other] = await Promise.all([tab(name), tab(name)])
  const first = one.ask('once', 300)
  await one.began
  const [paid, free] = await Promise.all([first, other.ask('twice', 300)])
  expect(paid).toEqual({ asked: 1, costs: [0.5], states: ['miss'] })
  expect(free).toMatchObject({ asked: 0, costs: [0, 0] })
})

test('a call that fails is made by the tab that waited for it', async () => {
  const name = fresh()
  const [one, other] = await Promise.all([tab(name), tab(name)])
  const first = one.ask('fail', 200)
  await one.began
  const [failed, answered] = await Promise.all([first, other.ask('twice', 10)])
  expect(failed).toMatchObject({ asked: 1, error: 'refused' })
  expect(answered).toMatchObject({ asked: 1, costs: [0.5, 0], states: ['miss', 'joined'] })
})

test('a tab that is closed in the middle of its call leaves it to the one that waits', async () => {
  const name = fresh()
  const [one, other] = await Promise.all([tab(name), tab(name)])
  void one.ask('once', 60_000)
  await one.began
  const waiting = other.ask('once', 10)
  workers[0]?.terminate()
  expect(await waiting).toMatchObject({ asked: 1, costs: [0.5] })
})
