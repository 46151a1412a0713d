import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { DaybookError, InputError, RateLimitError, ToolArgumentsError } from '../errors.js'
import type { ToolCall } from '../llm/llm.js'
import { callTool, type Tool, tool } from './tool.js'

const weather = tool({
  name: 'weather',
  description: 'The weather of a city.',
  inputSchema: z.object({ city: z.string(), days: z.number().optional() }),
  execute: ({ city, days }) => {
    expectTypeOf(city).toEqualTypeOf<string>()
    expectTypeOf(days).toEqualTypeOf<number | undefined>()
    return { city, days: days ?? 'none' }
  }
})

function call(args: ToolCall['arguments'], more: Partial<ToolCall> = {}): ToolCall {
  return { id: 'call_1', name: 'weather', arguments: args, ...more }
}

function context(signal = new AbortController().signal) {
  return { signal, callId: 'call_1' }
}

test('a tool is told to the model with its JSON Schema, and runs with what it was called with', async () => {
  expect(weather.definition).toEqual({
    type: 'function',
    function: {
      name: 'weather',
      description: 'The weather of a city.',
      strict: true,
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'number' } },
        required: ['city']
      }
    }
  })
  expect(await callTool(weather, call({ city: 'Oslo' }), context())).toEqual({
    text: '{"city":"Oslo","days":"none"}',
    result: { city: 'Oslo', days: 'none' }
  })
})

test('a null for an optional argument counts as left out', async () => {
  const { result } = await callTool(weather, call({ city: 'Oslo', days: null }), context())
  expect(result).toEqual({ city: 'Oslo', days: 'none' })
})

test('arguments that do not fit are told to the model, place by place, and the tool does not run', async () => {
  const { text, error, result } = await callTool(weather, call({ city: 7, days: 'two' }), context())
  expect(error).toBeInstanceOf(ToolArgumentsError)
  expect(error).toBeInstanceOf(DaybookError)
  expect(text).toContain('at $.city:')
  expect(text).toContain('at $.days:')
  expect(result).toBeUndefined()
})

test('arguments that are no JSON, that are none, or that are nested too deeply never run a tool', async () => {
  let runs = 0
  const any = tool({ name: 'any', description: '', inputSchema: { type: 'object' }, execute: () => ++runs })
  let deep: ToolCall['arguments'] = {}
  for (let level = 0; level < 300; level++) deep = { deep }
  const wrong = [
    call(undefined, { error: 'Unexpected end of JSON input', arguments_text: '{"city":"Os' }),
    call(undefined),
    call({}, { error: 'cut off', arguments_text: '{' }),
    call(deep),
    call('text'),
    call([]),
    call(null)
  ]
  for (const each of wrong) {
    const { error, text, result } = await callTool(any, each, context())
    expect(error).toBeInstanceOf(ToolArgumentsError)
    expect(error?.kind).toBe('output')
    expect(text).toMatch(/^Error: The arguments of any /)
    expect(result).toBeUndefined()
  }
  expect(runs).toBe(0)
  const { error } = await callTool(any, wrong[0] as ToolCall, context())
  expect(error?.data).toEqual({ id: 'call_1', name: 'any', arguments_text: '{"city":"Os' })
  expect((await callTool(any, call({}), context())).text).toBe('1')
})

function giving(result: () => unknown, more: Partial<Pick<Tool, 'format'>> = {}): Tool {
  return tool({ name: 'giving', description: '', inputSchema: { type: 'object' }, execute: result, ...more })
}

test('a text is told as it is, anything else as JSON, unless the tool says how', async () => {
  const told = async (result: unknown) =>
    callTool(
      giving(() => result),
      call({}),
      context()
    )
  expect(await told('a "text"')).toEqual({ text: 'a "text"', result: 'a "text"' })
  expect(await told(undefined)).toEqual({ text: '', result: undefined })
  expect(await told(null)).toEqual({ text: 'null', result: null })
  expect(await told({ at: new Date(0), no: undefined, f: () => 1 })).toEqual({
    text: '{"at":"1970-01-01T00:00:00.000Z"}',
    result: { at: '1970-01-01T00:00:00.000Z' }
  })
  expect((await told([10n, Number.NaN, new Map([['__proto__', 1]]), new Set([1, 2])])).text).toBe(
    '["10",null,{"__proto__":1},[1,2]]'
  )
  const said = giving(() => 2, { format: (result, { name }) => `${name} gave ${result}` })
  expect(await callTool(said, call({}), context())).toEqual({ text: 'weather gave 2', result: 2 })
})

test('a result that is no JSON, and whatever a tool throws, are told to the model', async () => {
  const loop: unknown[] = []
  loop.push(loop)
  let deep: unknown = 0
  for (let level = 0; level < 5000; level++) deep = [deep]
  const tools: [Tool, RegExp][] = [
    [giving(() => loop), /^Error: The tool gave back what JSON cannot hold/],
    [giving(() => () => 1), /^Error: The tool gave back a function/],
    [giving(() => deep), /^Error: The tool gave back/],
    [giving(() => Promise.reject(new Error('slept'))), /^Error: slept$/],
    [giving(() => Promise.reject('text')), /^Error: "text"$/],
    [giving(() => Promise.reject(undefined)), /^Error: undefined$/],
    [giving(() => Promise.reject(new TypeError())), /^Error: TypeError$/],
    [giving(() => 1, { format: () => JSON.parse('{') }), /^Error: /]
  ]
  for (const [each, message] of tools) {
    const { text, error, result } = await callTool(each, call({}), context())
    expect(text).toMatch(message)
    expect(error).toBeInstanceOf(DaybookError)
    expect(result).toBeUndefined()
  }
})

test('an error of ours stays what it is, and a key in a message is masked', async () => {
  const limited = giving(() => Promise.reject(new RateLimitError('slow down')))
  expect((await callTool(limited, call({}), context())).error).toMatchObject({ kind: 'rate_limit' })
  const key = `sk-${'a'.repeat(30)}`
  const leaking = giving(() => Promise.reject(new Error(`401 for ${key}`)))
  expect((await callTool(leaking, call({}), context())).text).not.toContain(key)
})

test('after an abort nobody waits for a tool that does not hear of it', async () => {
  const controller = new AbortController()
  let seen: AbortSignal | undefined
  const deaf = tool({
    name: 'deaf',
    description: '',
    inputSchema: { type: 'object' },
    execute: (_, { signal, callId }) => {
      seen = signal
      expect(callId).toBe('call_1')
      queueMicrotask(() => controller.abort())
      return new Promise(() => {})
    }
  })
  const outcome = await callTool(deaf, call({}), context(controller.signal))
  expect(seen).toBe(controller.signal)
  expect(outcome.error?.kind).toBe('aborted')
  expect(outcome.text).toMatch(/^Error: /)
})

test("a tool does not run after an abort, and its late failure is nobody else's", async () => {
  const aborted = AbortSignal.abort()
  let runs = 0
  expect(
    (
      await callTool(
        giving(() => ++runs),
        call({}),
        context(aborted)
      )
    ).error?.kind
  ).toBe('aborted')
  expect(runs).toBe(0)

  const controller = new AbortController()
  let fail = (_: Error): void => {}
  const late = giving(() => {
    queueMicrotask(() => controller.abort(new RateLimitError('the whole run ended')))
    return new Promise((_, reject) => (fail = reject))
  })
  const { error } = await callTool(late, call({}), context(controller.signal))
  expect(error?.kind).toBe('rate_limit')
  fail(new Error('too late'))
  await new Promise(resolve => setTimeout(resolve))
})

test('a tool must have a name that providers take, a description, a function and an object to be called with', () => {
  const fine = { name: 'a-b_1', description: '', inputSchema: { type: 'object' }, execute: () => 1 }
  expect(tool(fine)).toMatchObject({ name: 'a-b_1', idempotent: false })
  expect(tool({ ...fine, idempotent: true }).idempotent).toBe(true)
  for (const name of ['', 'a b', 'a.b', 'é', 'x'.repeat(65), 7 as never]) {
    expect(() => tool({ ...fine, name }), String(name)).toThrow(/cannot be a tool's name/)
  }
  expect(() => tool({ ...fine, description: undefined as never })).toThrow(InputError)
  expect(() => tool({ ...fine, execute: 'x' as never })).toThrow(InputError)
  expect(() => tool({ ...fine, inputSchema: z.string() })).toThrow(/must be one of an object/)
  expect(() => tool({ ...fine, inputSchema: { city: 'string' } })).toThrow(/no JSON Schema/)
  expect(tool({ ...fine, inputSchema: { properties: {} } }).definition.function.parameters).toEqual({
    type: 'object',
    properties: {}
  })
})
