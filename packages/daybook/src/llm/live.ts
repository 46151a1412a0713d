/**
 * Live is the shape of everything that takes time: iterate it for what happens, await it for the result.
 *
 * - It starts when it is made.
 * - It can be iterated any number of times; each reader sees every item, late ones too. It can be awaited any number
 *   of times.
 * - A failure is thrown to every reader (after the items that came before it) and to every awaiter; with neither, it
 *   is silent, never an unhandled rejection.
 * - Aborting its signal fails it with kind `aborted`.
 * - When its last reader has left by `break` and nobody has awaited it, it is aborted one task later.
 */
import { APIUserAbortError, asDaybookError, DaybookError } from '../errors.js'

export interface Live<Item, Result> extends AsyncIterable<Item, Result>, Promise<Result> {
  [Symbol.asyncIterator](): AsyncIterator<Item, Result, void>
}

export interface LiveOptions {
  readonly signal?: AbortSignal | undefined
}

/** What makes the items of a Live: an async generator, or the promise of one. */
export type Body<Item, Result> = AsyncIterator<Item, Result, void> | Promise<AsyncIterator<Item, Result, void>>

/**
 * Makes a Live of an async generator. The signal that it is given fires when the Live is aborted or abandoned; `abort`
 * lets it fail itself at any time, with this reason, and fires the signal too: one controller serves a whole call.
 */
export function live<Item, Result>(
  body: (signal: AbortSignal, abort: (reason: unknown) => void) => Body<Item, Result>,
  options: LiveOptions = {}
): Live<Item, Result> {
  const flow = new Flow<Item>(options.signal)
  return new Handle(
    flow,
    flow.run(signal => pump(body(signal, flow.abort), signal, flow))
  )
}

/** A Live that has ended before it began: everybody reads these very items, nothing is copied. */
export function complete<Item, Result>(items: readonly Item[], result: Result): Live<Item, Result> {
  const flow = new Flow<Item>(undefined, items)
  flow.end()
  return new Handle(flow, Promise.resolve(result))
}

/** What a relay follows. `shared`: others follow it too, so that an abort of the relay leaves it and does not wait for it. */
export interface Opened<Item, Result> {
  readonly stream: Live<Item, Result>
  readonly shared?: boolean
}

/**
 * A Live over another one that must first be opened (after a look into a cache, an append, a wait): its items are the
 * opened one's own log, so that a layer costs nothing per item. `open` returns the stream in a box, because an async
 * function would await it. `abort` is as in {@link live}.
 */
export function relay<Item, Inner, Result = Inner>(
  open: (signal: AbortSignal, abort: (reason: unknown) => void) => Promise<Opened<Item, Inner>> | Opened<Item, Inner>,
  settle: (inner: Inner) => Result | Promise<Result>,
  options: LiveOptions = {}
): Live<Item, Result> {
  const flow = new Flow<Item>(options.signal)
  return new Handle(
    flow,
    flow.run(async signal => {
      const { stream, shared } = await open(signal, flow.abort)
      if (!(stream instanceof Handle)) {
        stream.catch(() => {}) // a reader gets the failure; the foreign promise must not be an unhandled rejection
        return settle(await pump(stream[Symbol.asyncIterator](), signal, flow))
      }
      flow.follow(stream.flow)
      return settle(await (shared ? unlessAborted(stream.settled, signal) : stream.settled))
    })
  )
}

/** A Live with the same items and another result. Costs nothing per item; does not count as a reader. */
export function tap<Item, Inner, Result>(
  stream: Live<Item, Inner>,
  settle: (inner: Inner) => Result | Promise<Result>,
  fail?: (error: unknown) => Result | Promise<Result>
): Live<Item, Result> {
  const inner = stream instanceof Handle ? stream : owned(stream)
  return new Handle(inner.flow as Flow<Item>, inner.settled.then(settle, fail))
}

/** A stream of somebody else's make as one of ours. */
function owned<Item, Result>(stream: Live<Item, Result>): Handle<Item, Result> {
  // A reader gets the failure; the foreign promise must not be an unhandled rejection.
  void Promise.resolve(stream).catch(() => {})
  return live(() => stream[Symbol.asyncIterator]()) as Handle<Item, Result>
}

/** Resolves when the first item has come (true) or it ended without one (false). Never rejects; is not a reader. */
export function begun(stream: Live<unknown, unknown>): Promise<boolean> {
  if (!(stream instanceof Handle)) throw new TypeError('begun() needs a Live made by live(), relay() or tap().')
  return stream.flow.has(0)
}

/** Calls the listener for every item, those that came before included, without counting as a reader. */
export function observe<Item>(stream: Live<Item, unknown>, listener: (item: Item) => void): void {
  if (!(stream instanceof Handle)) throw new TypeError('observe() needs a Live made by live(), relay() or tap().')
  stream.flow.observe(listener as (item: unknown) => void)
}

/** The items that have come so far; the array grows and is not the caller's to change. */
export function itemsOf<Item>(stream: Live<Item, unknown>): readonly Item[] {
  return stream instanceof Handle ? stream.flow.log : []
}

/** Moves a body's items into the flow. An abort ends it at once, also when the body ignores its signal. */
function pump<Item, Result>(body: Body<Item, Result>, signal: AbortSignal, flow: Flow<Item>): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    const abort = (): void => {
      reject(abortError(signal))
      // Queued behind a pending next(): runs the body's `finally` when it gets there.
      Promise.resolve(body)
        .then(iterator => iterator.return?.())
        .catch(() => {})
    }
    signal.addEventListener('abort', abort, { once: true })
    const loop = async (): Promise<Result> => {
      const iterator = 'then' in body ? await body : body
      signal.throwIfAborted() // while the body was made
      for (;;) {
        const next = await iterator.next()
        if (next.done) return next.value
        if (!signal.aborted) flow.push(next.value)
      }
    }
    loop()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}

/** What the promise gives, or the failure of the signal as soon as it is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(abortError(signal))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    const unlisten = (): void => signal.removeEventListener('abort', abort)
    promise.finally(unlisten).then(resolve, reject)
  })
}

function abortError(signal: AbortSignal): DaybookError {
  const reason: unknown = signal.reason
  const name = (reason as { name?: unknown } | null | undefined)?.name
  return reason instanceof DaybookError || name === 'TimeoutError'
    ? asDaybookError(reason)
    : new APIUserAbortError('The call was aborted.', { cause: reason })
}

/** The items of one Live and everybody who waits for them. Handles that differ only in their result share one. */
class Flow<Item> {
  private items: Item[]
  /** The flow whose items these are, once this one follows another. */
  private source: Flow<Item> | undefined
  private ended = false
  private made: AbortController | undefined
  private readonly outer: AbortSignal | undefined
  readonly abort = (reason: unknown): void => this.controller.abort(reason)
  private readonly forward = (): void => this.abort(this.outer?.reason)
  private waiting: (() => void)[] = []
  private observers: ((item: Item) => void)[] = []
  private readers = 0
  private awaited = false

  constructor(signal: AbortSignal | undefined, items: readonly Item[] = []) {
    this.items = items as Item[] // pushed to only by a body, and a Live of given items has none
    this.outer = signal
    if (signal?.aborted) this.forward()
    else signal?.addEventListener('abort', this.forward, { once: true })
  }

  /** Made when it is needed: a Live of given items never does. */
  private get controller(): AbortController {
    this.made ??= new AbortController()
    return this.made
  }

  get log(): readonly Item[] {
    return this.source ? this.source.log : this.items
  }

  async run<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { signal } = this.controller
    try {
      if (signal.aborted) throw abortError(signal)
      return await work(signal)
    } catch (error) {
      // A transport that is aborted throws whatever it likes; what the caller hears is that it was aborted.
      throw signal.aborted && !(error instanceof DaybookError) ? abortError(signal) : error
    } finally {
      this.end()
    }
  }

  end(): void {
    this.ended = true
    this.outer?.removeEventListener('abort', this.forward)
    if (this.source && !this.source.ended) {
      // Left a source that goes on for others: what comes from here on is no longer this flow's.
      this.items = this.source.log.slice()
      this.source = undefined
    }
    this.wake()
  }

  push(item: Item): void {
    this.items.push(item)
    this.notify(item)
  }

  /** Shares the items of another flow from here on. Only a flow without items of its own can follow. */
  follow(source: Flow<Item>): void {
    this.source = source
    // Held by this flow: its readers decide when to leave, and leaving aborts the signal that the source listens to.
    source.awaited = true
    source.observe(item => {
      if (!this.ended) this.notify(item)
    })
  }

  observe(observer: (item: Item) => void): void {
    for (const item of this.log) observer(item)
    if (!this.ended) this.observers.push(observer)
  }

  private notify(item: Item): void {
    for (const observer of this.observers) observer(item)
    this.wake()
  }

  private wake(): void {
    if (this.waiting.length === 0) return
    const waiting = this.waiting
    this.waiting = []
    for (const resume of waiting) resume()
  }

  /** Resolves true when there is an item at the index, false when it ended before. */
  async has(index: number): Promise<boolean> {
    while (index >= this.log.length) {
      if (this.ended) return false
      await new Promise<void>(resume => this.waiting.push(resume))
    }
    return true
  }

  await(): void {
    this.awaited = true
  }

  enter(): void {
    this.readers++
  }

  leave(): void {
    this.readers--
    if (this.abandoned()) setTimeout(() => this.abandoned() && this.controller.abort(abandonment()), 0)
  }

  private abandoned(): boolean {
    return !this.ended && !this.awaited && this.readers === 0
  }
}

function abandonment(): DaybookError {
  return new APIUserAbortError('The last reader left before the answer was complete.')
}

class Handle<Item, Result> implements Live<Item, Result> {
  readonly [Symbol.toStringTag] = 'Live'
  readonly flow: Flow<Item>
  /** The result, without counting as an awaiter. */
  readonly settled: Promise<Result>

  constructor(flow: Flow<Item>, settled: Promise<Result>) {
    this.flow = flow
    this.settled = settled
    settled.catch(() => {})
  }

  then<A = Result, B = never>(
    onfulfilled?: ((value: Result) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    this.flow.await()
    return this.settled.then(onfulfilled, onrejected)
  }

  catch<B = never>(onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Result | B> {
    this.flow.await()
    return this.settled.catch(onrejected)
  }

  finally(onfinally?: (() => void) | null): Promise<Result> {
    this.flow.await()
    return this.settled.finally(onfinally)
  }

  [Symbol.asyncIterator](): AsyncIterator<Item, Result, void> {
    const { flow, settled } = this
    let index = 0
    let reading = false
    let left = false
    const leave = (): void => {
      if (reading) flow.leave()
      reading = false
      left = true
    }
    return {
      next: async (): Promise<IteratorResult<Item, Result>> => {
        if (left) return { done: true, value: undefined as Result }
        if (!reading) {
          reading = true
          flow.enter()
        }
        while (index >= flow.log.length) {
          if (await flow.has(index)) continue
          leave()
          return { done: true, value: await settled }
        }
        return { done: false, value: flow.log[index++] as Item }
      },
      return: async (value?: Result | PromiseLike<Result>): Promise<IteratorResult<Item, Result>> => {
        leave()
        return { done: true, value: (await value) as Result }
      }
    }
  }
}
