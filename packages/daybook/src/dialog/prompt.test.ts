import { expect, test } from 'vitest'
import { z } from 'zod'
import { InputError } from '../errors.js'
import { createPrompt, defaultHandlers, renderTemplate } from './prompt.js'
import { tool } from './tool.js'

function named(name: string) {
  return tool({ name, description: name, inputSchema: { type: 'object' }, execute: () => name })
}

test('names in braces are variables, and what is in their values stays as it is', () => {
  const prompt = createPrompt('Dear {name}, {name}: {text}')
  expect(prompt.variables).toEqual(['name', 'text'])
  expect(prompt.render({ name: 'Bern', text: '{name} {{x}} $&' })).toBe('Dear Bern, Bern: {name} {{x}} $&')
})

test('doubled braces are literal, with and without variables', () => {
  expect(createPrompt('{{lit}}').render()).toBe('{lit}')
  expect(createPrompt('{{"a": {x}}}').render({ x: 1 })).toBe('{"a": 1}')
  expect(createPrompt('{{{x}}}').render({ x: 1 })).toBe('{1}')
  expect(createPrompt('{{}}').variables).toEqual([])
})

test('missing values are named all at once; more than are needed are fine', () => {
  const prompt = createPrompt('{a} {b} {c.d} {b}')
  expect(() => prompt.render({ a: 1, c: {}, z: 1 })).toThrow(/\bb, c\.d\./)
  expect(() => prompt.render()).toThrow(InputError)
  expect(prompt.render({ a: 1, b: 2, c: { d: 3 }, z: 4 })).toBe('1 2 3 2')
})

test('members and places of a value can be named', () => {
  const prompt = createPrompt('{user.name} {list[0]} {list[1].x} {map[a b]}')
  expect(prompt.variables).toEqual(['user', 'list', 'map'])
  expect(prompt.render({ user: { name: 'Bern' }, list: [1, { x: 2 }], map: { 'a b': 3 } })).toBe('Bern 1 2 3')
})

test('what is no member of its own leads nowhere', () => {
  for (const path of [
    'a.constructor',
    'a.__proto__',
    'constructor',
    '__proto__',
    'a.constructor.name',
    'a[__proto__]'
  ]) {
    expect(() => renderTemplate(`{${path}}`, { a: {} }), path).toThrow(/misses values/)
  }
  expect(() => renderTemplate('{a.__proto__}', { a: JSON.parse('{"__proto__":"x"}') })).toThrow(/misses values/)
})

test('a value that is no text is written as JSON', () => {
  const args = { n: 1.5, no: null, yes: true, list: [1, 'x'], date: new Date(0), big: 10n }
  expect(renderTemplate('{n} {no} {yes} {list} {date} {big}', args)).toBe(
    '1.5 null true [1,"x"] 1970-01-01T00:00:00.000Z 10'
  )
  expect(() => renderTemplate('{f}', { f: () => 'secret' })).toThrow(/value of f is a function/)
  const loop: unknown[] = []
  loop.push(loop)
  expect(() => renderTemplate('{loop}', { loop })).toThrow(/value of loop cannot be written/)
})

test('a brace that is not around a name is refused, with its place and the way out', () => {
  expect(() => createPrompt('{"a": 1}')).toThrow(/a \{ that is not around a name, at 0.*\{\{/)
  for (const template of ['}', '{', 'a { b }', '{}', '{a!r}', '{a:.2f}', '{0}', '{a.}', '{a[]}', '{x}}']) {
    expect(() => createPrompt(template), template).toThrow(InputError)
  }
  expect(() => createPrompt({ template: 'fine', handlers: { final: 'a { b' } })).toThrow(InputError)
})

test('a template may be long, whether it is right or wrong', () => {
  expect(createPrompt('{{'.repeat(50_000)).render()).toBe('{'.repeat(50_000))
  expect(createPrompt('{a}'.repeat(50_000)).render({ a: 'x' })).toBe('x'.repeat(50_000))
  expect(() => createPrompt(`{${'a.'.repeat(50_000)}`)).toThrow(InputError)
  expect(() => createPrompt('{a['.repeat(50_000))).toThrow(InputError)
})

test('a prompt that extends another keeps what it does not name', () => {
  const base = createPrompt({
    path: 'base',
    template: '{x}',
    format: z.object({ a: z.number() }),
    tools: [named('one')],
    metadata: { team: 'a' },
    handlers: { exception: 'Again: {error_message}' }
  })
  const next = base.extend({ path: 'next', template: '{y}', handlers: { final: 'Now.' } })
  expect(next.path).toBe('next')
  expect(next.variables).toEqual(['y'])
  expect(next.format).toBe(base.format)
  expect(next.tools).toEqual(base.tools)
  expect(next.metadata).toEqual({ team: 'a' })
  expect(next.handlers).toEqual({ exception: 'Again: {error_message}', final: 'Now.' })
  expect(base.extend({ format: undefined, tools: [] })).toMatchObject({ path: 'base', format: undefined, tools: [] })
  expect(base.template).toBe('{x}')
  expect(Object.isFrozen(base)).toBe(true)
})

test('a tool is found by its name, and an unknown one is told with the names there are', () => {
  const prompt = createPrompt({ template: '', tools: [named('one'), named('two')] })
  expect(prompt.tool('two').name).toBe('two')
  expect(() => prompt.tool('three')).toThrow(/no tool "three".*one, two/)
  expect(() => createPrompt('').tool('__proto__')).toThrow(/none/)
})

test('two tools of one name, and servers without a label or an address, are refused', () => {
  expect(() => createPrompt({ template: '', tools: [named('one'), named('one')] })).toThrow(/one name: one/)
  const server = { serverLabel: 'docs', serverUrl: 'https://mcp.test/sse' }
  expect(createPrompt({ template: '', mcpServers: [server] }).mcpServers).toEqual([server])
  expect(() => createPrompt({ template: '', mcpServers: [server, server] })).toThrow(/one label: docs/)
  expect(() => createPrompt({ template: '', mcpServers: [{ ...server, serverUrl: 'file:///x' }] })).toThrow(InputError)
  expect(() => createPrompt({ template: '', mcpServers: [{ ...server, requireApproval: 'x' as 'auto' }] })).toThrow(
    /never, manual or auto/
  )
})

test('parts that are not what they should be are refused when the prompt is made', () => {
  const wrong = [
    { tools: [{ name: 'plain' }] },
    { tools: [null] },
    { parser: () => 1 },
    { format: { city: 'string' } },
    { handlers: { exception: 7 } },
    { handlers: { final: null } },
    { handlers: { interrupt: 'refuse' } },
    { template: undefined }
  ]
  for (const part of wrong) {
    expect(() => createPrompt({ template: '', ...part } as never), JSON.stringify(part)).toThrow(InputError)
  }
  for (const none of [undefined, null, 7, []]) expect(() => createPrompt(none as never)).toThrow(InputError)
  expect(
    createPrompt({ template: '', handlers: { exception: createPrompt('Again.') } }).handlers.exception
  ).toBeDefined()
})

test('what a prompt is, for a log', () => {
  const prompt = createPrompt({
    path: 'p',
    template: 'Hello {x}',
    tools: [named('one')],
    mcpServers: [{ serverLabel: 'docs', serverUrl: 'https://mcp.test' }],
    allowWebSearch: true,
    computerUse: { displayWidth: 1024 },
    metadata: { a: 1 }
  })
  expect(prompt.info()).toEqual({
    path: 'p',
    // sha256 of `Hello {x}`
    prompt_hash: '590f6cfc6ccc',
    metadata: { a: 1 },
    tools: ['one'],
    mcp_servers: ['docs'],
    has_parser: false,
    has_format: false,
    addons: {
      web_search: true,
      computer_use: { display_width: 1024, display_height: 800, environment: 'browser' }
    }
  })
  expect(createPrompt('').info()).toMatchObject({ path: null, addons: { web_search: false, computer_use: null } })
  expect(createPrompt({ template: '', computerUse: true }).computerUse).toEqual({
    displayWidth: 1280,
    displayHeight: 800,
    environment: 'browser'
  })
})

test('the default words for an answer with errors name the error', () => {
  expect(renderTemplate(defaultHandlers.exception, { error_message: 'No {json}' })).toBe(
    'Error: No {json}. Please fix.'
  )
  expect(renderTemplate(defaultHandlers.final, {})).toMatch(/final answer/)
})
