import { expect, test } from 'vitest'
import { mountDevtools } from '../embed.js'
import { answered, asked, event } from '../model/events.fixture.js'
import type { DevtoolsSource } from '../model/source.js'

const part = 'Ab3dEf6hIj9kLm2nOp5q'
const key = `sk-proj-${part}${part}`
const events = [
  event('kit.loaded', 'k', { name: 'x', goal: `Goal ${key}`, options: { apiKey: key } }),
  event('object.created', 'o', { id: 'o', type: 'T', data: { text: `An object ${key}`, api_key: key } }),
  event('object.patched', 'p', { id: 'o', patch: { text: `Patched ${key}` } }),
  event('object.created', 'o2', { id: 'o2', type: key, data: { name: key } }),
  event('relation.created', 'r', { id: 'r', type: key, source_id: 'o', target_id: 'o2', data: { note: key } }),
  event('llm.request', 'q', {
    model: 'm',
    messages: [
      { role: 'system', content: `Begin ${key}` },
      { role: 'user', content: `Ask ${key}` }
    ],
    tools: [{ name: 't', description: key }],
    metadata: { note: key }
  }),
  answered('a', 'q', {
    text: `Answer ${key}`,
    reasoning: `Think ${key}`,
    tool_calls: [{ id: 'c', name: 't', arguments: { authorization: key } }],
    native: { note: key }
  }),
  event('tool.called', 't', { name: 't', call_id: 'c', arguments: { authorization: `Bearer ${key}` } }),
  event('tool.returned', 't2', { name: 't', call_id: 'c', result: `Result ${key}` }),
  asked('q2', `Two ${key}`, 5),
  event('llm.failed', 'f', { kind: 'auth', message: `Bad key ${key}`, status: 401 }, { cause: ['q2'] }),
  event('x', 'y', {}, { actor: `actor ${key}` }),
  event('dialog.opened', 'd', { dialog_id: 'd', session_name: `Session ${key}` }),
  event('message.appended', 'm', { dialog_id: 'd', index: 0, message: { role: 'user', content: `Said ${key}` } }),
  event('warning.raised', 'w', { kind: 'x', area: 'y', message: key }),
  { id: 'odd', key }
]

const source: DevtoolsSource = {
  label: 'test',
  kind: 'page',
  watch(listener) {
    listener([{ name: 'run:8', length: events.length, created: '2026-11-20T09:14:02.000Z', updated: '' }])
    return () => {}
  },
  follow(_name, follower) {
    follower.events(0, events as never)
    return () => {}
  }
}

test('what looks like a key is shown in no view, tab, title or name', async () => {
  const place = document.createElement('div')
  document.body.append(place)
  const panel = mountDevtools(place, source, { height: 900 })
  const root = (): ParentNode => place.firstElementChild?.shadowRoot ?? document.createDocumentFragment()
  const all = (names: string): HTMLElement[] => [...root().querySelectorAll<HTMLElement>(names)]
  const painted = (): Promise<unknown> => new Promise(resolve => setTimeout(resolve, 120))
  const seen = new Set<string>()
  const look = (where: string): void => {
    for (const element of root().querySelectorAll('*')) {
      const own = [...element.childNodes].map(node => (node.nodeType === Node.TEXT_NODE ? node.textContent : ''))
      const said = [...own, ...[...element.attributes].map(({ value }) => value)]
      if (said.some(text => text?.includes(part))) seen.add(`${where}: ${element.tagName}.${element.className}`)
    }
  }
  try {
    await expect.poll(() => all('[role="row"]').length, { timeout: 15_000 }).toBe(events.length)
    for (const name of ['Waterfall', 'Dialog', 'Graph', 'Cost', 'World', 'Compare', 'Ledger']) {
      all('[role="tab"]')
        .find(tab => tab.textContent === name)
        ?.click()
      await painted()
      await painted()
      look(name)
    }
    for (let row = 0; row < events.length; row++) {
      all('[role="row"]')[row]?.click()
      for (const name of ['JSON', 'Raw', 'Diff', 'Causes', 'Pretty']) {
        await painted()
        all('.inspector [role="tab"]')
          .find(tab => tab.textContent?.startsWith(name))
          ?.click()
        await painted()
        look(`${name} of an event`)
      }
    }
    expect([...seen]).toEqual([])
  } finally {
    panel.unmount()
    place.remove()
  }
}, 60_000)
