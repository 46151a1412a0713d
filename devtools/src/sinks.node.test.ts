import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.tsx?$/.test(name) && !name.includes('.test.'))
  .map(name => ({ name, text: readFileSync(join(folder, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '') }))

const using = (what: RegExp): string[] => sources.filter(({ text }) => what.test(text)).map(({ name }) => name)

test('nothing in the panel makes markup or code of a text', () => {
  expect(sources.length).toBeGreaterThan(100)
  expect(using(/(?:inner|outer)HTML|dangerouslySet|insertAdjacentHTML|createContextualFragment|DOMParser/i)).toEqual([])
  expect(using(/document\.write|srcDoc|<iframe|\beval\(|new Function\(|setAttribute\('on|javascript:/i)).toEqual([])
})

test('no window is spoken to: other tabs hear one channel of this origin, and a worker is the panel’s own', () => {
  expect(using(/\.opener\b|window\.postMessage|parent\.postMessage|targetOrigin/)).toEqual([])
  expect(using(/addEventListener\('message'/)).toEqual(['sources/replay.worker.ts'])
  expect(using(/new BroadcastChannel/)).toEqual(['sources/from-channel.ts', 'sources/share.ts'])
  expect(using(/new (?:Shared)?Worker\(/)).toEqual(['sources/replay-worker.ts'])
})

test('no socket and no event source: what comes over the network is asked for with headers', () => {
  expect(using(/new (?:WebSocket|EventSource)|sendBeacon|XMLHttpRequest/)).toEqual([])
})
