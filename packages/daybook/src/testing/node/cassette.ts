/** Answers of models for tests: asked once, kept in a file, and given again from it. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigurationError, type DaybookError, InputError, shown } from '../../errors.js'
import { within } from '../../fetch/passed-on.js'
import { defaultHost, type Host } from '../../host.js'
import { canonical, copyJson } from '../../json.js'
import type { LedgerEvent } from '../../ledger/event.js'
import type { Ledger } from '../../ledger/ledger.js'
import { ownEvents } from '../../ledger/own-event.js'
import { recorded } from '../../ledger/recorded.js'
import { recordedFailure } from '../../ledger/recorded-failure.js'
import { recordedStream } from '../../ledger/recorded-stream.js'
import { answerOf, type Recording, recordingsOf, type Terminal, withoutNotes } from '../../ledger/recordings.js'
import type { Redact } from '../../ledger/redacted.js'
import { complete } from '../../llm/live.js'
import {
  type LLMFn,
  type LLMOptions,
  type LLMRequest,
  type LLMStream,
  type Target,
  targetOf,
  withoutPrivate,
  withTarget
} from '../../llm/llm.js'
import { failedStream, llmStream } from '../../llm/llm-stream.js'
import { cassetteFetch } from './cassette-fetch.js'
import { cassetteWriter, partOf, readCassette } from './cassette-file.js'
import { missIn } from './miss.js'
import { scrubber } from './scrubbed.js'
import { type Asking, type Kept, shelf } from './shelf.js'

/**
 * `record` asks and writes the file anew; `replay` never asks; `auto` gives what is recorded and records the rest, but
 * is `replay` where the environment has `CI`; `live` asks, and neither reads nor writes.
 */
export type CassetteMode = 'record' | 'replay' | 'auto' | 'live'

export interface CassetteOptions {
  /** `auto` unless said otherwise. DAYBOOK_CASSETTE in the environment wins over it. */
  readonly mode?: CassetteMode | undefined
  /** Who is asked through `llm`. A replay needs none. */
  readonly llm?: LLMFn | undefined
  /** What sends the requests of SDKs. `globalThis.fetch` unless said otherwise. */
  readonly fetch?: typeof fetch | undefined
  /** Changes each event before it is written. Requests are looked up as it leaves them. Keys are taken out before. */
  readonly redact?: Redact | undefined
  readonly host?: Host | undefined
}

export interface Cassette {
  /** Its whole path. */
  readonly file: string
  /** What came of `mode`, the environment and CI. */
  readonly mode: CassetteMode
  /** Answers as they were given: with the cost, the pieces and the failure that were recorded. */
  readonly llm: LLMFn
  /**
   * For SDKs. Gives the recorded bytes, cut where they were cut. Where keys or `redact` changed the exchange, its bytes
   * are not kept, and the answer is written anew in the form of its API. A miss is a response with status 400 and the
   * message of the ReplayMissError, since that is what SDKs show and do not repeat. What asks no model passes through
   * while recording, and is refused in a replay.
   */
  readonly fetch: typeof fetch
  /** ReplayMissErrors, in their order: a program under test may have swallowed them. */
  readonly misses: readonly DaybookError[]
  /** What was recorded in this run. */
  readonly recorded: readonly Recording[]
  /** Recordings of the file that nobody has asked for. */
  readonly unused: readonly Recording[]
  /**
   * Waits for answers that are on their way, two seconds at most, and writes the file if anything was recorded. A
   * process that ends before leaves what it had in `<file>.part`, which is a ledger too. Throws where something could not
   * be recorded.
   */
  close(): Promise<void>
}

/** What the doors of a cassette share. */
export interface Deck {
  readonly host: Host
  readonly mode: CassetteMode
  readonly send: typeof fetch
  /** What is recorded of the request; undefined where it is to be asked. @throws ReplayMissError in a replay. */
  find(request: LLMRequest, asking: Asking, secrets?: readonly string[]): Kept | undefined
  /** Adds events to the recording; gives whether each of them was kept as it is. */
  write(events: readonly LedgerEvent[], secrets?: readonly string[]): boolean
  /** `close` waits for it. */
  hold(): () => void
  missed(error: DaybookError): DaybookError
}

/**
 * Opens a cassette: a ledger in one file. The same request twice is two recordings, given in their order; asked once
 * more than it was recorded, it is a miss. Keys are taken out of what is written by their shape, and so are values of
 * the environment whose names end with KEY, TOKEN, SECRET or PASSWORD.
 * @throws LedgerCorruptError, with `data.line`, for a damaged file.
 */
export function cassette(file: string, options: CassetteOptions = {}): Cassette {
  const { llm: real, redact, host: given = defaultHost() } = options
  const path = resolve(file)
  const mode = modeOf(options.mode ?? 'auto', given)
  const replays = mode === 'replay' || mode === 'auto'
  const before = replays ? readCassette(path) : undefined
  const found = before && shelf(before)
  const writer = cassetteWriter(path, before ?? [])
  const scrub = scrubber(redact)
  const fresh: LedgerEvent[] = []
  const misses: DaybookError[] = []
  const held = new Set<object>()
  let idle = (): void => {}
  let closed = false
  // An SDK's call goes on where it cannot be recorded: then closing says so.
  let lost: unknown
  // Ids that a second recording has again, so that a changed answer is all that a changed file shows.
  let next = before?.length ?? 0
  const host: Host = { ...given, id: () => String(next++) }

  function asKept(request: LLMRequest, target: Target | undefined, secrets?: readonly string[]): LLMRequest {
    const data = { ...copyJson(withoutPrivate(request)), ...(target ? { target } : {}) }
    const event = { id: 'request', type: 'llm.request', source, actor: 'cassette', cause: [], timestamp: epoch, data }
    return withoutNotes(scrub(event as LedgerEvent, secrets).data as LLMRequest)
  }

  const deck: Deck = {
    host,
    mode,
    send: options.fetch ?? given.fetch,
    find(request, asking, secrets) {
      if (closed) throw new InputError(`The cassette ${path} was closed: open it again.`)
      if (!replays) return undefined
      const kept = asKept(request, asking.target, secrets)
      const recording = found?.take(kept, asking)
      if (recording || mode === 'auto') return recording
      const part = partOf(path)
      throw deck.missed(missIn(kept, { file: path, shelf: found, part: existsSync(part) ? part : undefined }))
    },
    write(events, secrets) {
      if (closed) throw new InputError(`The cassette ${path} was closed before this answer came.`)
      let kept: readonly LedgerEvent[]
      try {
        kept = ownEvents(events.map(event => scrub(event, secrets)))
        writer.append(kept)
      } catch (error) {
        lost ??= error
        throw error
      }
      fresh.push(...kept)
      return kept.every((event, at) => canonical(event) === canonical(events[at]))
    },
    hold() {
      const mark = {}
      held.add(mark)
      return () => {
        held.delete(mark)
        if (held.size === 0) idle()
      }
    },
    missed(error) {
      misses.push(error)
      return error
    }
  }

  function ask(request: LLMRequest, callOptions: LLMOptions): LLMStream {
    if (!real) {
      const hint = `cassette(file, { llm }): the one that is asked in mode '${mode}'.`
      return failedStream(new ConfigurationError('The cassette has nobody to ask.', { hint }))
    }
    if (mode === 'live') return real(request, callOptions)
    // Whose events led to it, and who else records it, is not the cassette's business.
    const { cause, record, dialogId, ...own } = callOptions
    const inner: LLMFn = withTarget((asked, inside) => real(asked, { ...inside, cause, record, dialogId }), real.target)
    let release = (): void => {}
    const ledger = {
      name: source,
      async append(events: readonly LedgerEvent[]) {
        release()
        deck.write(events)
        if (events[0]?.type === 'llm.request') release = deck.hold()
        return fresh.length
      },
      signal: () => {}
    }
    return recorded(inner, ledger as unknown as Ledger, { host, actor: 'cassette' })(request, own)
  }

  const llm = withTarget(
    (request, callOptions = {}) => {
      try {
        const target = real && targetOf(real, request, callOptions)
        const kept = deck.find(request, { door: 'llm', target })
        return kept ? played(kept, callOptions) : ask(request, callOptions)
      } catch (error) {
        return failedStream(error)
      }
    },
    real
      ? real.target
      : request => found?.of(asKept(request, undefined))[0]?.target ?? { ...nowhere, model: request.model }
  )

  return {
    ...{ file: path, mode, llm, fetch: cassetteFetch(deck), misses },
    get recorded() {
      return recordingsOf(fresh)
    },
    get unused() {
      return found?.unused ?? []
    },
    async close() {
      if (closed) return
      const quiet = new Promise<void>(settle => {
        idle = settle
      })
      if (held.size > 0) await within(quiet)
      closed = true
      await writer.finish()
      if (lost !== undefined) throw lost
    }
  }
}

const source = 'session:cassette'
const epoch = new Date(0).toISOString()
const nowhere = { provider: 'custom', api: 'text', base_url: '' } as const
const modes: readonly unknown[] = ['record', 'replay', 'auto', 'live']

function modeOf(asked: CassetteMode, host: Host): CassetteMode {
  const mode = (host.env('DAYBOOK_CASSETTE') ?? asked) as CassetteMode
  if (!modes.includes(mode)) {
    throw new InputError(`The mode of a cassette is record, replay, auto or live, and not ${shown(mode)}.`)
  }
  return mode === 'auto' && isCI(host) ? 'replay' : mode
}

/** Whether this is one of the machines that test what others have written. */
export function isCI(host: Host): boolean {
  return !['', '0', 'false'].includes(host.env('CI')?.toLowerCase() ?? '')
}

/** The answer or failure as it was. */
function played({ recording, facts }: Kept, { signal, report }: LLMOptions): LLMStream {
  const answer = recording.answer as Terminal
  const { deltas } = recordedStream(answer)
  for (const fact of facts) report?.(fact)
  const response = answer.type === 'llm.response' ? { ...answerOf(answer as never), event: answer.id } : undefined
  if (response && !signal?.aborted) return complete(deltas, response)
  return llmStream(
    async function* () {
      yield* deltas
      if (response) return response
      throw recordedFailure(answer as LedgerEvent<'llm.failed'>)
    },
    { signal }
  )
}
