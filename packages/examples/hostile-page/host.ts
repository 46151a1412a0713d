// A page of somebody else, with habits: its own React twice (an old one as a global, a new one at work), its own keys, a
// strict policy, and a ledger to look into. No app to start from: e2e/hostile.spec.ts asks what it went through, at
// `window.host`.
import { createDaybook, memoryCache } from 'daybook'
import { simulatedFetch } from 'daybook/testing'
import type { DevtoolsSource, MountedDevtools } from 'daybook-devtools/production'
import research from 'daybook-kits/research'
import { createElement, useState } from 'react'
import { createRoot } from 'react-dom/client'

Object.assign(window, { React: { version: '17.0.2' } })

function Counter() {
  const [count, setCount] = useState(0)
  return createElement(
    'button',
    { id: 'count', type: 'button', onClick: () => setCount(count + 1) },
    `counted ${count}`
  )
}
createRoot(document.querySelector('#app') as Element).render(createElement(Counter))

const keys: string[] = []
const heard: string[] = []
const errors: string[] = []
const violations: string[] = []
addEventListener('keydown', event => {
  keys.push(event.key)
  // It scrolls, searches and closes by itself.
  if (event.target === document.body || (event.target as Element).id === 'count') event.preventDefault()
})
for (const type of ['keyup', 'keypress', 'beforeinput', 'input', 'paste', 'copy', 'cut']) {
  addEventListener(type, () => heard.push(type))
}
addEventListener('error', event => errors.push(event.message))
addEventListener('unhandledrejection', event => errors.push(String(event.reason)))
addEventListener('securitypolicyviolation', event => {
  violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)
})

/** All that is the page's own, as text: its elements, sheets, looks, storage and address. */
function state(): string {
  const elements = [...document.querySelectorAll('*')].filter(element => !element.closest('[data-daybook-devtools]'))
  const whole = document.documentElement.cloneNode(true) as Element
  for (const guest of whole.querySelectorAll('[data-daybook-devtools]')) guest.remove()
  const looks = elements.map(element => {
    const style = getComputedStyle(element)
    return `${element.tagName} ${['color', 'display', 'font-size', 'position', 'overflow', 'cursor', 'direction']
      .map(name => style.getPropertyValue(name))
      .join(' ')}`
  })
  return [
    new XMLSerializer().serializeToString(whole),
    ...looks,
    `${document.styleSheets.length} sheets, ${document.adoptedStyleSheets.length} adopted`,
    `${location.href} ${history.length} ${document.title}`,
    `${Object.keys(localStorage)} ${Object.keys(sessionStorage)} ${document.cookie}`,
    JSON.stringify(Reflect.get(window, 'React'))
  ].join('\n')
}

const names = (): string[] => Object.getOwnPropertyNames(window)
const refuse = (): never => {
  throw new Error('The source is broken.')
}
const info = { name: 'run:x', length: 2, created: '2026-11-21T10:00:00.000Z', updated: '2026-11-21T10:00:01.000Z' }
const whole: DevtoolsSource = {
  label: 'a source',
  kind: 'page',
  watch(listener) {
    listener([info])
    return () => {}
  },
  follow(_name, follower) {
    follower.state?.({ state: 'live' })
    return () => {}
  }
}
const event = (id: string, rest: object = {}): never =>
  ({ id, type: 'object.patched', timestamp: info.created, actor: 'a', cause: [], data: {}, ...rest }) as never

/** Sources that fail, each at another place. */
const broken: Readonly<Record<string, DevtoolsSource>> = {
  watch: { ...whole, watch: refuse },
  follow: { ...whole, follow: refuse },
  label: Object.defineProperty({ ...whole }, 'label', { get: refuse }),
  list: {
    ...whole,
    watch(listener) {
      listener([Object.defineProperty({ ...info }, 'name', { get: refuse })])
      return () => {}
    }
  },
  event: {
    ...whole,
    follow(_name, follower) {
      follower.events(0, [event('a'), Object.defineProperty(event('b'), 'data', { get: refuse }), event('c')])
      return () => {}
    }
  },
  field: {
    ...whole,
    follow(_name, follower) {
      const data = { choices: Object.defineProperty({}, 'text', { get: refuse, enumerable: true }) }
      follower.events(0, [event('a'), event('b', { type: 'acme.odd', data }), event('c')])
      return () => {}
    }
  },
  ending: {
    ...whole,
    watch(listener) {
      listener([info])
      return refuse
    },
    follow: () => refuse
  }
}

const daybook = createDaybook({
  model: 'openai/gpt-5-mini',
  fetch: simulatedFetch({ speed: Number.POSITIVE_INFINITY }),
  cache: memoryCache(),
  record: 'none'
})
await daybook.run(research, 'Is the host kind?', { id: 'first' })
await daybook.run(research, 'Is the guest polite?', { id: 'second' })

let mounted: MountedDevtools | undefined
let before = { state: '', names: new Set<string>() }

const host = {
  keys,
  heard,
  errors,
  violations,
  state,
  before: () => before.state,
  added: () => names().filter(name => !before.names.has(name) && !name.startsWith('__playwright')),
  async mount(failing?: string) {
    before = { state: state(), names: new Set(names()) }
    const { mountDevtools } = await import('daybook-devtools/production')
    const options = { mode: 'docked', height: 600 } as const
    mounted =
      failing === undefined
        ? mountDevtools(document.body, daybook, { ...options, run: 'run:second' })
        : mountDevtools(document.body, broken[failing] as DevtoolsSource, options)
  },
  unmount: () => mounted?.unmount()
}
before = { state: '', names: new Set(names()) }
Object.assign(window, { host })
