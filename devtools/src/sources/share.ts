/** Lets the panel of another tab of this origin show what a source of this tab has. It can read, and nothing else. */
import type { LedgerEvent, LedgerInfo } from 'daybook'
import { frameVersion, maxBatch } from '../model/frames.js'
import type { DevtoolsSource } from '../model/source.js'
import { type Ask, aliveMs, defaultChannel, goneMs, newTabId, noteOf, windowEvents } from './channel.js'

export interface ShareOptions {
  /** The name of the BroadcastChannel; the panel must use the same. */
  readonly channel?: string
}

interface Reader {
  /** The next position that is sent, and how far the viewer says that it has read. */
  next: number
  received: number
  heardAt: number
  stop: () => void
}

/** Returns the function that ends it. */
export function shareSource(source: DevtoolsSource, options: ShareOptions = {}): () => void {
  const tab = newTabId()
  const channel = new BroadcastChannel(options.channel ?? defaultChannel)
  const readers = new Map<string, Reader>()
  let ledgers: readonly LedgerInfo[] = []

  const send = (frame: object, follow?: string): void =>
    channel.postMessage({ tab, frame, ...(follow ? { follow } : {}) })
  const list = (): void => send({ type: 'ledgers', ledgers })
  const end = (follow: string): void => {
    readers.get(follow)?.stop()
    readers.delete(follow)
  }

  function begin({ follow, ledger, from }: Ask & { type: 'follow' }): void {
    end(follow)
    const waiting: { from: number; events: readonly LedgerEvent[] }[] = []
    const reader: Reader = { next: from, received: from, heardAt: Date.now(), stop: () => {} }
    readers.set(follow, reader)
    const flush = (): void => {
      while (waiting.length > 0 && readers.get(follow) === reader) {
        const room = reader.received + windowEvents - reader.next
        if (room <= 0) return
        const batch = waiting[0] as (typeof waiting)[number]
        const skip = Math.max(0, reader.next - batch.from)
        const events = batch.events.slice(skip, skip + Math.min(room, maxBatch))
        if (events.length > 0) send({ type: 'append', from: reader.next, events }, follow)
        reader.next += events.length
        if (reader.next >= batch.from + batch.events.length) waiting.shift()
      }
    }
    flushes.set(reader, flush)
    const length = ledgers.find(info => info.name === ledger)?.length ?? 0
    send({ type: 'hello', version: frameVersion, ledger, length }, follow)
    reader.stop = source.follow(ledger, {
      events(at, events) {
        waiting.push({ from: at, events })
        flush()
      },
      // Of a viewer that is behind, deltas would belong to calls that it has not seen yet.
      signals(signals) {
        if (waiting.length === 0) send({ type: 'signals', signals }, follow)
      }
    })
  }
  const flushes = new WeakMap<Reader, () => void>()

  channel.onmessage = ({ data }) => {
    const note = noteOf(data)
    if (!note || !('ask' in note) || (note.to !== undefined && note.to !== tab)) return
    const { ask } = note
    if (ask.type === 'who') list()
    else if (ask.type === 'follow') begin(ask)
    else if (ask.type === 'end') end(ask.follow)
    else {
      const reader = readers.get(ask.follow)
      // A viewer that slept was taken for gone: it asks again for what it missed.
      if (!reader) return send({ type: 'ended' }, ask.follow)
      reader.heardAt = Date.now()
      reader.received = Math.min(reader.next, Math.max(reader.received, ask.received))
      flushes.get(reader)?.()
    }
  }
  const unwatch = source.watch(now => {
    ledgers = now
    list()
  })
  const alive = setInterval(() => {
    send({ type: 'ping' })
    for (const [follow, reader] of readers) if (Date.now() - reader.heardAt > goneMs) end(follow)
  }, aliveMs)

  return () => {
    clearInterval(alive)
    unwatch()
    for (const follow of [...readers.keys()]) end(follow)
    ledgers = []
    list()
    channel.close()
  }
}
