import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { DaybookError, ToolArgumentsError } from '../errors.js'
import type { ToolCall } from '../llm/llm.js'
import { callTool, tool } from './tool.js'

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
