// Every test file in Chromium: a test that tried to leave this machine fails, even where the error was swallowed.
// Chromium itself is started with rules that resolve no other name; this says who tried.
import { afterAll, afterEach } from 'vitest'

const notes = []
const remote = ['http:', 'https:', 'ws:', 'wss:']

/** Throws for an address that is not this machine's. What is no address at all is left to the browser to refuse. */
function guard(what, address) {
  const text = String(address instanceof Request ? address.url : address)
  if (!URL.canParse(text, location.href)) return
  const { protocol, hostname } = new URL(text, location.href)
  if (!remote.includes(protocol)) return
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname))
    return
  notes.push(`${what} ${hostname}`)
  throw new TypeError(`Tests may connect to this machine only: ${what} ${hostname} was refused.`)
}

const { fetch, EventSource, WebSocket } = globalThis
globalThis.fetch = async (input, init) => {
  guard('fetch', input)
  return fetch(input, init)
}

const open = XMLHttpRequest.prototype.open
XMLHttpRequest.prototype.open = function (...args) {
  guard('XMLHttpRequest', args[1])
  return open.apply(this, args)
}

const sendBeacon = navigator.sendBeacon
navigator.sendBeacon = (url, data) => {
  guard('sendBeacon', url)
  return sendBeacon.call(navigator, url, data)
}

for (const Original of [EventSource, WebSocket]) {
  globalThis[Original.name] = class extends Original {
    constructor(url, ...rest) {
      guard(Original.name, url)
      super(url, ...rest)
    }
  }
  Object.defineProperty(globalThis[Original.name], 'name', { value: Original.name })
}

function check() {
  const attempted = notes.splice(0)
  if (attempted.length > 0)
    throw new Error(`Tests may connect to this machine only. Attempted: ${attempted.join(', ')}`)
}

afterEach(check)
afterAll(check)
