/** The firings of a strict replay: responders are called again, and what they emit is put where it is to come. */
import type { CacheStore } from '../cache/store.js'
import type { DaybookError } from '../errors.js'
import { defaultHost } from '../host.js'
import type { AnyEvent, LedgerEvent } from '../ledger/event.js'
import type { Ledger } from '../ledger/ledger.js'
import type { LLMRequest } from '../llm/llm.js'
import type { World } from '../world/world.js'
import { Firing, type Output, type Surroundings } from './firing.js'
import type { Registry } from './registry.js'
import { type Answers, answerBook } from './replay-answers.js'
import { emittedBy } from './replay-compare.js'
import type { Expected, FiringFacts, ReplayQueue } from './replay-queue.js'
import { isTerminal, madeBy, type RunRecord } from './replay-record.js'
import type { Responder } from './responder.js'

export interface ReplayFirings {
  /** Calls those who react to the event, with the world right after it. */
  fire(event: LedgerEvent, position: number, world: World): Promise<void>
  /** What is said of a request that was never recorded; undefined where its like was. */
  miss(request: LLMRequest): DaybookError | undefined
  /** Ends the responder that runs now. */
  cut(reason: DaybookError): void
}

export interface ReplayFiringsOptions {
  readonly record: RunRecord
  readonly registry: Registry
  readonly timeoutMs: number
  readonly cache: CacheStore
  readonly queue: ReplayQueue
}

// What an executor makes of a request; a responder may emit a warning for one too, under its own name.
const answering = new Set(['llm.attempt', 'warning.raised', 'llm.response', 'llm.failed'])
// A responder that was ended from outside says no more than this; what it would have said nobody knows.
const cutOff = new Set(['aborted', 'timeout', 'budget'])

export function replayFirings({ record, registry, timeoutMs, cache, queue }: ReplayFiringsOptions): ReplayFirings {
  const book = answerBook(record)
  /** Requests that were made through a context: their answers are outputs of the same firing. */
  const asked = new Set<string>()
  // Where there was no executor, nothing was asked.
  const asks = record.recordings.length > 0 || registry.executor !== undefined
  const executor = { name: record.executor ?? registry.executor?.name ?? 'llm_executor', types: [], fn: () => [] }
  const around: Surroundings = {
    ...{ host: defaultHost(), root: record.root, cache, timeoutMs, verbose: false, executor: undefined },
    // Deltas of a replay are nobody's news.
    ledger: { signal: () => {} } as unknown as Ledger,
    answering: llm => llm,
    allowed: (_request, llm) => llm,
    maxOutputs: record.events.length + 1
  }
  let current: Firing | undefined

  /** What the executor made of a request is taken from the ledger. */
  function execute(request: LedgerEvent, position: number): void {
    const { id } = request
    const firing = { position, responder: record.executor ?? '', failures: new Set<string>(), heard: undefined }
    const outputs = record
      .outputsOf(id)
      .filter(output => isAnswer(output.event, request))
      .map(({ event: made, position: at }) => ({ made, at, last: isTerminal(made.type) ? 1 : 0 }))
      .sort((a, b) => a.last - b.last || ordinalOf(a.made) - ordinalOf(b.made))
    for (const { made, at } of outputs) queue.push({ firing, id: made.id, request: id, at, done: false })
    const isAnswered = outputs.some(({ last }) => last) || record.recording.get(id)?.answer
    if (isAnswered || record.executor === undefined || asked.has(id)) return
    queue.push({ firing, id: `${id} answer`, request: id, at: undefined, done: false })
  }

  /** Whether the executor made this of the request, and not a responder that reacts to requests. */
  function isAnswer(made: LedgerEvent, request: LedgerEvent): boolean {
    const { actor, type, cause } = made
    if (!answering.has(type)) return false
    if (registry.matching(request).some(({ name, llm }) => !llm && name === actor)) return false
    // By one of the two, if the other was changed.
    return cause[0] === request.id || record.idOf(type, request.id, actor, ordinalOf(made)) === made.id
  }

  async function call(responder: Responder, event: LedgerEvent, position: number, world: World): Promise<void> {
    const { name } = responder
    const recorded = record.outputsOf(event.id).map(output => output.event)
    const isCut = recorded.some(output => isCutOff(output as AnyEvent, name))
    if (isCut || record.interrupted(position) !== undefined) {
      const own = recorded.filter(output => record.idOf(output.type, event.id, name, ordinalOf(output)) === output.id)
      // Who was not heard before the run was aborted may never end.
      if (own.length === 0) return
      const firing = { position, responder: name, failures: new Set<string>(), heard: position }
      if (isCut) for (const { id } of own) queue.push({ firing, id, at: record.places.get(id), done: false })
      if (isCut) return
    }
    const answers = book.of(event.id, name)
    const fn: Responder['fn'] = (given, seen, context) => responder.fn(given, seen, answers.inOrder(context))
    current = new Firing(event, { ...responder, fn }, world, {
      ...around,
      executor: asks ? { ...executor, llm: answers.llm } : undefined
    })
    await current.start()
    const outputs = current.outputs()
    current = undefined

    const firing: FiringFacts = { position, responder: name, failures: answers.failures, heard: undefined }
    const expected = outputs.map(output => expectedOf(output, firing, answers))
    firing.heard = expected.find(({ at }) => at !== undefined)?.at
    for (const each of expected) queue.push(each)
  }

  function expectedOf(output: Output, firing: FiringFacts, answers: Answers): Expected {
    const { trigger, responder, ordinal } = output
    const emitted = emittedBy(output)
    const rejection = record.idOf('output.rejected', trigger, responder, ordinal)
    const id = emitted.draft ? record.idOf(emitted.draft.type, trigger, responder, ordinal) : rejection
    const at = record.places.get(id) ?? record.places.get(rejection)
    const expected = { firing, id, rejection, emitted, at, done: false }
    const [request] = output.call ? output.cause : []
    if (request === undefined) return expected
    asked.add(request)
    const { message } = emitted.draft?.data ?? {}
    return { ...expected, request, miss: answers.misses.get(String(message)) }
  }

  return {
    async fire(event, position, world) {
      let executed = event.type !== 'llm.request'
      for (const responder of registry.matching(event)) {
        if (!responder.llm) await call(responder, event, position, world)
        else if (!executed) {
          execute(event, position)
          executed = true
        }
      }
      if (!executed) execute(event, position)
    },
    miss: request => book.miss(request),
    cut(reason) {
      current?.cut(reason)
    }
  }
}

function ordinalOf(event: LedgerEvent): number {
  return madeBy(event)?.ordinal ?? 0
}

function isCutOff(event: AnyEvent, responder: string): boolean {
  return event.type === 'responder.failed' && event.data.responder === responder && cutOff.has(event.data.kind)
}
