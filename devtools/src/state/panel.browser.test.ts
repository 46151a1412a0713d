import { afterEach, expect, test } from 'vitest'
import { answered, asked, event } from '../model/events.fixture.js'
import type { DevtoolsSource } from '../model/source.js'
import { createPanel, type Panel } from './panel.js'

let panel: Panel | undefined

afterEach(() => {
  panel?.close()
  panel = undefined
})

const old = '2026-11-19T09:00:00.000Z'
const young = '2026-11-20T09:00:00.000Z'

/** Ledgers by name. Counts how many are followed. */
function source(
  ledgers: Readonly<Record<string, readonly unknown[]>>
): DevtoolsSource & { readonly followed: string[] } {
  const followed: string[] = []
  return {
    label: 'test',
    kind: 'page',
    followed,
    watch(listener, onStatus) {
      listener(
        Object.entries(ledgers).map(([name, events]) => {
          const created = name === 'run:old' ? old : young
          return { name, length: events.length, created, updated: created }
        })
      )
      onStatus?.({ state: 'live' })
      return () => {}
    },
    follow(name, follower) {
      followed.push(name)
      follower.events(0, (ledgers[name] ?? []) as never)
      follower.state?.({ state: 'live' })
      return () => void followed.splice(followed.indexOf(name), 1)
    }
  }
}

/** Resolves when the check holds after a change of the panel. */
function until(check: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const stop = panel?.subscribe(() => {
      if (!check()) return
      stop?.()
      resolve()
    })
    if (check()) {
      stop?.()
      resolve()
    }
  })
}

const ledgers = {
  'run:old': [event('kit.loaded', 'k', { name: 'research', goal: 'Trains' }), asked('q', 'Why?'), answered('a', 'q')],
  'run:new': [event('kit.loaded', 'k', { name: 'research', goal: 'Buses' }), asked('q', 'How far in winter?')]
}

test('the newest run opens by itself, and the others are read once for the rail', async () => {
  panel = createPanel()
  const from = source(ledgers)
  panel.addSource(from)
  await until(() => panel?.run?.book.events.length === 2)
  expect(panel.run?.name).toBe('run:new')
  const other = panel.runs.find(run => run.info.name === 'run:old')
  await until(() => other !== undefined && panel?.cardOf(other).title === 'Trains')
  expect(other && panel.cardOf(other)).toMatchObject({ costUsd: 0.002, events: 3, state: 'done' })
  expect(from.followed).toEqual(['run:new'])
})

test('the run that the address names is shown first', async () => {
  panel = createPanel()
  panel.want('run:old')
  panel.addSource(source(ledgers))
  await until(() => panel?.run?.book.events.length === 3)
  expect(panel.run?.name).toBe('run:old')
})

test('a filter holds for the events that are there and for those that come', async () => {
  panel = createPanel({ filter: 'type:llm.request' })
  panel.addSource(source(ledgers))
  await until(() => panel?.run?.book.events.length === 2)
  await until(() => panel?.run?.visible?.length === 1)
  expect(panel.run?.visible).toEqual([1])
  panel.setFilter('')
  expect(panel.run?.visible).toBeUndefined()
  panel.setFilter('nowhere')
  expect(panel.run?.visible).toEqual([])
})

test('another run is shown from its beginning, with nothing selected', async () => {
  panel = createPanel()
  const from = source(ledgers)
  panel.addSource(from)
  await until(() => panel?.run?.book.events.length === 2)
  panel.select(1)
  panel.open(panel.runs.find(run => run.info.name === 'run:old')?.key ?? '')
  await until(() => panel?.run?.book.events.length === 3)
  expect(panel.selected).toBeUndefined()
  expect(from.followed).toEqual(['run:old'])
})

test('a source that repeats events after a reconnect adds none twice', async () => {
  const events = ledgers['run:old']
  const repeating: DevtoolsSource = {
    ...source(ledgers),
    follow(_name, follower) {
      follower.events(0, events.slice(0, 2) as never)
      follower.events(1, events.slice(1) as never)
      return () => {}
    }
  }
  panel = createPanel()
  panel.want('run:old')
  panel.addSource(repeating)
  await until(() => panel?.run?.book.events.length === 3)
  expect(panel.run?.book.events.map(item => item.id)).toEqual(['k', 'q', 'a'])
})
