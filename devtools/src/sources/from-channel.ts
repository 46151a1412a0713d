/** The ledgers that other tabs of this origin share: see {@link shareSource}. */
import type { LedgerInfo } from 'daybook'
import { type Frame, frameOf, frameVersion } from '../model/frames.js'
import type { DevtoolsSource, LedgerFollower } from '../model/source.js'
import { type Ask, aliveMs, defaultChannel, goneMs, newTabId, noteOf } from './channel.js'
import type { ShareOptions } from './share.js'

interface Tab {
  ledgers: readonly LedgerInfo[]
  heardAt: number
}

interface Reading {
  readonly ledger: string
  readonly follower: LedgerFollower
  /** The tab that is read from, as long as it is there. */
  tab: string | undefined
  next: number
}

export function channelSource(options: ShareOptions = {}): DevtoolsSource {
  const name = options.channel ?? defaultChannel
  const tabs = new Map<string, Tab>()
  const readings = new Map<string, Reading>()
  const watchers = new Set<() => void>()
  let channel: BroadcastChannel | undefined
  let alive: ReturnType<typeof setInterval> | undefined

  const ask = (question: Ask, to?: string): void => channel?.postMessage({ ask: question, ...(to ? { to } : {}) })
  const tell = (): void => {
    for (const watcher of watchers) watcher()
  }
  const holder = (ledger: string): string | undefined =>
    [...tabs].find(([, { ledgers }]) => ledgers.some(info => info.name === ledger))?.[0]

  /** Asks a tab that has the ledger for what comes after the events that are here. */
  const begin = (follow: string, reading: Reading): void => {
    const tab = holder(reading.ledger)
    reading.tab = tab
    if (tab) ask({ type: 'follow', follow, ledger: reading.ledger, from: reading.next }, tab)
    else reading.follower.state?.({ state: 'lost', message: 'The tab of this run is not there. It is waited for.' })
  }

  function take(follow: string, reading: Reading, frame: Frame): void {
    const { follower } = reading
    if (frame.type === 'hello') {
      follower.state?.(
        frame.version > frameVersion
          ? { state: 'closed', message: 'This page is older than the tab that it shows: reload it.' }
          : { state: 'live' }
      )
    } else if (frame.type === 'append') {
      if (frame.from > reading.next) {
        begin(follow, reading) // some are missing: asked for again from here
        return
      }
      const fresh = frame.events.slice(reading.next - frame.from)
      if (fresh.length > 0) follower.events(reading.next, fresh)
      reading.next += fresh.length
      ask({ type: 'ack', follow, received: reading.next }, reading.tab)
    } else if (frame.type === 'signals') follower.signals(frame.signals)
    else if (frame.type === 'ended') begin(follow, reading)
  }

  function hear(data: unknown): void {
    const note = noteOf(data)
    if (!note || !('frame' in note)) return
    const frame = frameOf(note.frame)
    if (!frame) return
    const known = tabs.get(note.tab)
    if (known) known.heardAt = Date.now()
    if (frame.type === 'ledgers') {
      tabs.set(note.tab, { ledgers: frame.ledgers, heardAt: Date.now() })
      tell()
      for (const [follow, reading] of readings) if (!reading.tab) begin(follow, reading)
    } else if (frame.type === 'ping') {
      if (!known) ask({ type: 'who' }, note.tab)
    } else {
      const reading = readings.get(note.follow ?? '')
      if (reading && reading.tab === note.tab) take(note.follow as string, reading, frame)
    }
  }

  function tick(): void {
    for (const [tab, { heardAt }] of tabs) {
      if (Date.now() - heardAt <= goneMs) continue
      tabs.delete(tab)
      for (const [follow, reading] of readings) if (reading.tab === tab) begin(follow, reading)
      tell()
    }
    // Who reads is there, though nothing new came.
    for (const [follow, { tab, next }] of readings) if (tab) ask({ type: 'ack', follow, received: next }, tab)
  }

  /** The channel is open as long as somebody listens. */
  const opened = (): void => {
    if (channel) return
    channel = new BroadcastChannel(name)
    channel.onmessage = ({ data }) => hear(data)
    alive = setInterval(tick, aliveMs)
    ask({ type: 'who' })
  }
  const closed = (): void => {
    if (watchers.size + readings.size > 0) return
    clearInterval(alive)
    channel?.close()
    channel = undefined
    tabs.clear()
  }

  return {
    label: 'other tabs',
    kind: 'page',
    watch(listener, onStatus) {
      const watcher = (): void => {
        const seen = new Map<string, LedgerInfo>()
        for (const { ledgers } of tabs.values()) for (const info of ledgers) seen.set(info.name, info)
        listener([...seen.values()])
        const count = tabs.size
        onStatus?.({ state: 'live', message: `${count} ${count === 1 ? 'tab shares' : 'tabs share'} on ${name}` })
      }
      watchers.add(watcher)
      opened()
      watcher()
      return () => {
        watchers.delete(watcher)
        closed()
      }
    },
    follow(ledger, follower) {
      const follow = newTabId()
      const reading: Reading = { ledger, follower, tab: undefined, next: 0 }
      readings.set(follow, reading)
      opened()
      follower.state?.({ state: 'connecting' })
      begin(follow, reading)
      return () => {
        readings.delete(follow)
        if (reading.tab) ask({ type: 'end', follow }, reading.tab)
        closed()
      }
    }
  }
}
