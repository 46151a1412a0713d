import type { LedgerEvent } from 'daybook'
import { expect, test } from 'vitest'
import { answered, asked, text } from '../model/events.fixture.js'
import type { DevtoolsSource, LedgerFollower } from '../model/source.js'
import { windowEvents } from './channel.js'
import { channelSource } from './from-channel.js'
import { shareSource } from './share.js'

/** A source with one run, that the test can add to. */
function run(events: LedgerEvent[]) {
  const followers = new Set<LedgerFollower>()
  const source: DevtoolsSource = {
    label: 'test',
    kind: 'page',
    watch(listener) {
      listener([{ name: 'run:8', length: events.length, created: '', updated: '' }])
      return () => {}
    },
    follow(_name, follower) {
      followers.add(follower)
      follower.events(0, [...events])
      return () => void followers.delete(follower)
    }
  }
  return {
    source,
    followers,
    add(event: LedgerEvent) {
      events.push(event)
      for (const follower of followers) follower.events(events.length - 1, [event])
    }
  }
}

/** Resolves with the first value of the look-up that is one. */
async function found<T>(look: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 400; tries++) {
    const value = look()
    if (value) return value
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  throw new Error('It did not come within two seconds.')
}

function reader(source: DevtoolsSource, name = 'run:8') {
  const seen: { events: LedgerEvent[]; signals: number; states: string[]; stop: () => void } = {
    events: [],
    signals: 0,
    states: [],
    stop: () => {}
  }
  seen.stop = source.follow(name, {
    events(from, events) {
      expect(from).toBe(seen.events.length)
      seen.events.push(...events)
    },
    signals(signals) {
      seen.signals += signals.length
    },
    state: ({ state }) => void seen.states.push(state)
  })
  return seen
}

const channel = (): string => `test-${crypto.randomUUID()}`

test('another tab shows the events of a run, its new ones and its deltas', async () => {
  const name = channel()
  const { source, add, followers } = run([asked('q', 'Why?')])
  const stop = shareSource(source, { channel: name })
  const viewer = channelSource({ channel: name })
  const lists: string[][] = []
  const unwatch = viewer.watch(ledgers => void lists.push(ledgers.map(info => info.name)))
  await found(() => lists.at(-1)?.includes('run:8'))
  const seen = reader(viewer)
  await found(() => seen.events.length === 1)
  expect(seen.states.at(-1)).toBe('live')
  for (const follower of followers) follower.signals([text('q', 0, 'Be')])
  await found(() => seen.signals === 1)
  add(answered('a', 'q'))
  await found(() => seen.events.length === 2)
  seen.stop()
  await found(() => followers.size === 0)
  stop()
  await found(() => lists.at(-1)?.length === 0)
  unwatch()
})

test('a long run comes whole, and never further ahead than the viewer has read', async () => {
  const name = channel()
  const events = Array.from({ length: windowEvents * 3 + 17 }, (_, i) => asked(`q${i}`, 'Why?', i))
  const { source } = run(events)
  const stop = shareSource(source, { channel: name })
  const spy = new BroadcastChannel(name)
  let sent = 0
  let read = 0
  let most = 0
  spy.onmessage = ({ data }) => {
    if (data.frame?.type === 'append') sent = Math.max(sent, data.frame.from + data.frame.events.length)
    if (data.ask?.type === 'ack') read = Math.max(read, data.ask.received)
    most = Math.max(most, sent - read)
  }
  const viewer = channelSource({ channel: name })
  const unwatch = viewer.watch(() => {})
  const seen = reader(viewer)
  await found(() => seen.events.length === events.length)
  expect(seen.events.map(event => event.id)).toEqual(events.map(event => event.id))
  await found(() => read === events.length)
  expect(most).toBeLessThanOrEqual(windowEvents)
  for (const end of [seen.stop, unwatch, stop, () => spy.close()]) end()
})

test('events that were lost on the way are asked for again', async () => {
  const name = channel()
  const { source } = run([asked('q', 'Why?')])
  const spy = new BroadcastChannel(name)
  const asks: { tab: string; follow: string; from: number }[] = []
  spy.onmessage = ({ data }) => {
    if (data.ask?.type === 'follow') asks.push({ tab: data.to, follow: data.ask.follow, from: data.ask.from })
  }
  const stop = shareSource(source, { channel: name })
  const viewer = channelSource({ channel: name })
  const unwatch = viewer.watch(() => {})
  const seen = reader(viewer)
  await found(() => seen.events.length === 1)
  const [first] = asks
  // A frame with a gap before it, as if one had been lost.
  spy.postMessage({
    tab: first?.tab,
    follow: first?.follow,
    frame: { type: 'append', from: 5, events: [asked('z', 'No?')] }
  })
  await found(() => asks.length === 2)
  expect(asks[1]).toMatchObject({ follow: first?.follow, from: 1 })
  expect(seen.events).toHaveLength(1)
  for (const end of [seen.stop, unwatch, stop, () => spy.close()]) end()
})

test('a viewer that slept and was taken for gone goes on where it was', async () => {
  const name = channel()
  const { source, add, followers } = run([asked('q', 'Why?')])
  const spy = new BroadcastChannel(name)
  let follow = ''
  let tab = ''
  spy.onmessage = ({ data }) => {
    if (data.ask?.type === 'follow')
      ({
        to: tab,
        ask: { follow }
      } = data)
  }
  const stop = shareSource(source, { channel: name })
  const viewer = channelSource({ channel: name })
  const unwatch = viewer.watch(() => {})
  const seen = reader(viewer)
  await found(() => seen.events.length === 1 && follow)
  // As after a time in which the viewer's timers stood still.
  spy.postMessage({ to: tab, ask: { type: 'end', follow } })
  await found(() => followers.size === 0)
  add(answered('a', 'q'))
  spy.postMessage({ to: tab, ask: { type: 'ack', follow, received: 1 } })
  await found(() => seen.events.length === 2)
  expect(seen.events.map(({ id }) => id)).toEqual(['q', 'a'])
  for (const end of [seen.stop, unwatch, stop, () => spy.close()]) end()
})

test('what is no note of ours is not listened to', async () => {
  const name = channel()
  const { source } = run([asked('q', 'Why?')])
  const stop = shareSource(source, { channel: name })
  const viewer = channelSource({ channel: name })
  const unwatch = viewer.watch(() => {})
  const spy = new BroadcastChannel(name)
  for (const odd of [
    null,
    'x',
    { ask: null },
    { ask: { type: 'follow' } },
    { ask: { type: 'follow', follow: 'f', ledger: 'run:8', from: -1 } },
    { ask: { type: '__proto__', follow: 'f' } },
    { tab: 't', frame: 'x' },
    { tab: 't', frame: { type: 'ledgers', ledgers: 'all' } },
    { tab: 't', follow: 'f', frame: { type: 'append', from: 0, events: {} } }
  ])
    spy.postMessage(odd)
  const seen = reader(viewer)
  await found(() => seen.events.length === 1)
  for (const end of [seen.stop, unwatch, stop, () => spy.close()]) end()
})
