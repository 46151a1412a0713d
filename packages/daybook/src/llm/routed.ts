/** Chooses a provider by the model's name. */
import { ConfigurationError } from '../errors.js'
import type { LLMFn, LLMOptions, LLMRequest, LLMStream, Target } from './llm.js'
import { targetOf, withTarget } from './llm.js'
import { failedStream } from './llm-stream.js'

export interface RouteOptions {
  /** Answers for a bare model name and for a prefix that is not in the table, with the model as it is. */
  readonly default?: LLMFn | undefined
}

/**
 * `routed({ openai, anthropic })`: what stands before the first '/' of `request.model` chooses the function, what
 * stands after it is the model that the function gets (`openrouter/anthropic/claude-x` asks openrouter for
 * `anthropic/claude-x`). A name without a route goes to `default`; with none, the call fails with kind `config`.
 */
export function routed(table: Readonly<Record<string, LLMFn>>, options: RouteOptions = {}): LLMFn {
  const routes = new Map(Object.entries(table)) // a Map, so that `__proto__/x` is no route
  const route = (request: LLMRequest): { llm: LLMFn | undefined; inner: LLMRequest } => {
    const model: unknown = request.model // a program without types may leave it out
    if (typeof model !== 'string' || model === '') return { llm: undefined, inner: request }
    const slash = model.indexOf('/')
    const named = slash > 0 && slash < model.length - 1 ? routes.get(model.slice(0, slash)) : undefined
    if (named) return { llm: named, inner: { ...request, model: model.slice(slash + 1) } }
    return { llm: options.default, inner: request }
  }
  const call = (request: LLMRequest, callOptions?: LLMOptions): LLMStream => {
    const { llm, inner } = route(request)
    return llm ? llm(inner, callOptions) : failedStream(noRoute(request.model, [...routes.keys()]))
  }
  const target = (request: LLMRequest, callOptions?: LLMOptions): Target => {
    const { llm, inner } = route(request)
    return targetOf(llm ?? noTarget, inner, callOptions)
  }
  return withTarget(call, target)
}

const noTarget: LLMFn = () => failedStream(new ConfigurationError('No route.'))

function noRoute(model: unknown, known: readonly string[]): Error {
  const named =
    typeof model === 'string' && model !== '' ? `the model "${model.slice(0, 200)}"` : 'a request without a model'
  return new ConfigurationError(
    `No provider answers for ${named}. Name one before the model: ${known.map(name => `${name}/…`).join(', ') || 'the table of routes is empty'}.`,
    { code: 'unknown_provider', model: typeof model === 'string' ? model.slice(0, 200) : undefined }
  )
}
