import { createElement } from 'react'
import { expect, test } from 'vitest'
import { asked, event, text } from '../model/events.fixture.js'
import type { DevtoolsSource, LedgerFollower } from '../model/source.js'
import { mount } from '../mount.js'
import { createPanel } from '../state/panel.js'
import { Devtools } from './devtools.js'

test('while nothing is answered, all figures say the same: no cost yet, what streams, and a clock that goes on', async () => {
  const began = Date.now() - 4000
  const at = (ms: number): string => new Date(began + ms).toISOString()
  const events = [
    { ...event('kit.loaded', 'k', { name: 'research', goal: 'Is tea warm?' }), timestamp: at(0) },
    { ...asked('q', 'Is tea warm?'), timestamp: at(277) }
  ]
  let follower: LedgerFollower | undefined
  const source: DevtoolsSource = {
    label: 'test',
    kind: 'page',
    watch(listener, onStatus) {
      listener([{ name: 'run:8', length: 2, created: at(0), updated: at(277) }])
      onStatus?.({ state: 'live' })
      return () => {}
    },
    follow(_name, given) {
      follower = given
      given.events(0, events as never)
      given.state?.({ state: 'live' })
      return () => {}
    }
  }
  const place = document.createElement('div')
  place.style.height = '800px'
  document.body.append(place)
  const panel = createPanel()
  const { root, render, unmount, host } = mount(place, { height: '800px' })
  const read = (selector: string): string => root.querySelector(selector)?.textContent?.replace(/\s+/g, ' ') ?? ''
  try {
    render(createElement(Devtools, { panel, wholePage: true }))
    panel.addSource(source, { open: true })
    await expect.poll(() => read('.totals')).toContain('– spent')
    expect(read('.totals')).toMatch(/– in.*– out/)
    expect(read('.run .line2')).toMatch(/^[4-9]\.\d+ s · 2 events–$/)
    const before = Number.parseFloat(read('.playback .time'))
    expect(before).toBeGreaterThan(3.9)
    follower?.signals([text('q', 0, 'Tea is warm as long as nobody waits.')])
    await expect.poll(() => read('.totals')).toContain('≈ 9 out')
    await expect.poll(() => read('.inspector')).toMatch(/running for ?[4-9]\.\d+ s/)
    await expect.poll(() => Number.parseFloat(read('.playback .time'))).toBeGreaterThan(before + 0.4)
  } finally {
    panel.close()
    unmount()
    host.remove()
  }
})
