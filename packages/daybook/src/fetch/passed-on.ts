/** Hands the answer to the host as it comes, and afterwards a copy of each piece to whoever listens. */
import { maxBytes, type Recording } from './recording.js'

export interface Listener extends Recording {
  /** The body has ended: all its pieces, in order; undefined where it did not come to its end, or is too large. */
  readonly ended?: ((pieces: readonly Uint8Array[] | undefined) => void) | undefined
}

/** How long the host may be kept waiting for the ledger, in milliseconds. */
const patience = 2000
const bodiless: readonly number[] = [204, 205, 304]

type Failure = { readonly error: unknown } | undefined

/**
 * The same response: status, headers, address, bytes and where they are cut. Nothing is read that the host does not ask
 * for, and what it leaves is left. The host hears the end, or the failure, when that is in the ledger, so that a
 * program that ends then has lost nothing.
 */
export function passedOn(response: Response, listener: Listener): Response {
  const { type, body, status, statusText, headers, ok } = response
  const { settled, ended } = listener
  const readable = typeof body?.getReader === 'function' && !body.locked
  if (!readable || !(status >= 200 && status < 600) || bodiless.includes(status)) {
    ended?.(undefined)
    listener.hear({ type, status, ok, headers, body: null })
    return response
  }
  const source = (body as ReadableStream<Uint8Array>).getReader()
  const copy = copied(ended !== undefined)
  listener.hear({ type, status, ok, headers, body: copy.stream })
  void settled.then(copy.stop)

  let broken: Failure
  /** It broke: the host hears why. */
  function fail(error: unknown): Promise<unknown> {
    broken = { error }
    return end(broken)
  }
  let over: Promise<unknown> | undefined
  /** Says how it went, and waits for the ledger. What is said first counts. */
  function end(failure?: Failure): Promise<unknown> {
    over ??= finish(failure)
    return over
  }
  async function finish(failure: Failure): Promise<void> {
    copy.flush()
    ended?.(failure ? undefined : copy.pieces())
    // A refusal is known by its status, whether or not the host reads what it says.
    if (!failure || !ok) copy.close()
    else {
      await new Promise(resolve => setTimeout(resolve)) // for the last pieces to be read
      listener.fail(failure.error)
      copy.fail(failure.error)
    }
    await within(settled)
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // It may break while nobody reads: the host's signal is aborted, or the connection is lost.
        source.closed.catch((error: unknown) => fail(error).then(() => controller.error(error)))
      },
      async pull(controller) {
        const next = source.read()
        copy.flush() // the host has what came before
        const { done, value } = await next.catch(async (error: unknown) => {
          await fail(error)
          throw error
        })
        if (!done) {
          controller.enqueue(value)
          copy.take(value)
        } else {
          await end()
          controller.close()
        }
      },
      async cancel(reason) {
        const left = source.cancel(reason)
        await end({ error: new DOMException('The host left the answer.', 'AbortError') })
        await left
      }
    },
    { highWaterMark: 0 }
  )
  try {
    const { url, redirected } = response
    return alike(
      new Response(stream, { status, statusText, headers }),
      { headers, url, redirected, type },
      () => broken
    )
  } catch {
    source.releaseLock() // one that no program may make: it goes to the host as it is, and counts as broken off
    return response
  }
}

/** A copy of each piece is made at once, since it is the host's from then on, and read a task later or when it asks on. */
function copied(keep: boolean): Copied {
  let pieces: Uint8Array<ArrayBuffer>[] = []
  let next = 0
  let size = 0
  let waiting = false
  let open = true
  let feed: ReadableStreamDefaultController<Uint8Array> | undefined

  function flush(): void {
    while (next < pieces.length) {
      const piece = pieces[next++] as Uint8Array
      if (open) feed?.enqueue(piece)
    }
    if (keep) return
    pieces = []
    next = 0
  }

  return {
    stream: new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        feed = controller
      },
      cancel() {
        open = false
      }
    }),
    flush,
    take(piece) {
      if (size > maxBytes) return // the reader has given up
      size += piece.byteLength
      pieces.push(piece.slice())
      if (waiting) return
      waiting = true
      setTimeout(() => {
        waiting = false
        flush()
      })
    },
    close() {
      if (open) feed?.close()
      open = false
    },
    fail(error) {
      if (open) feed?.error(error)
      open = false
    },
    stop() {
      open = false
    },
    pieces: () => (size > maxBytes ? undefined : pieces)
  }
}

interface Copied {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
  take(piece: Uint8Array): void
  /** Lets the reader see what was taken. */
  flush(): void
  close(): void
  fail(error: unknown): void
  /** Nobody listens any more. */
  stop(): void
  /** All that was taken, where it is kept; undefined where it was too much. */
  pieces(): readonly Uint8Array[] | undefined
}

/** Resolves with the promise, but no later than the host may be kept waiting. */
export function within(promise: Promise<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise(resolve => {
    timer = setTimeout(resolve, patience)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const readers = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']

/**
 * With what a response that a program makes cannot say of itself. Where its body `broke`, whoever reads it hears why:
 * a browser would only say that it did.
 */
export function alike(
  made: Response,
  said: Partial<Pick<Response, 'headers' | 'url' | 'redirected' | 'type'>>,
  broke: () => Failure = () => undefined
): Response {
  for (const [name, value] of Object.entries(said)) Object.defineProperty(made, name, { value })
  const plain = Response.prototype as unknown as Record<string, undefined | (() => Promise<unknown>)>
  for (const name of readers) {
    const failed = (thrown: unknown): never => {
      const failure = broke()
      throw failure ? failure.error : thrown
    }
    Object.defineProperty(made, name, { value: () => plain[name]?.call(made).catch(failed) })
  }
  return Object.defineProperty(made, 'clone', { value: () => alike(Response.prototype.clone.call(made), said, broke) })
}
