/** One question, one answer: what a program asks that needs no dialog of its own. */
import { APIResponseValidationError, ConfigurationError, InputError } from '../errors.js'
import { type Live, live } from '../llm/live.js'
import { connectionOf, type LLMFn, type LLMOptions, type LLMRequest, type Message } from '../llm/llm.js'
import { askedInvoker } from './asked-invoker.js'
import { Dialog, loadedDialog } from './dialog.js'
import { rootFacts } from './dialog-tree.js'
import type { InvokeOptions, Invoker, ModelArgs } from './invoker.js'
import { createPrompt } from './prompt.js'
import { type OutputOf, type SchemaSource, schemaOf } from './schema.js'

export interface TextOptions extends LLMOptions {
  readonly model?: string
  readonly system?: string
  /** Parameters of the request, as on the wire: `max_tokens`, `temperature`. `api_base` and `api_key` are never sent. */
  readonly modelArgs?: ModelArgs
}

export interface ObjectOptions
  extends Pick<TextOptions, 'model' | 'system' | 'modelArgs'>,
    Omit<InvokeOptions, 'model' | 'modelArgs' | 'streamHandler'> {}

export type PromptText = string | readonly Message[]

/** Iterate it for pieces of the text, await it for the whole. */
export function askText(llm: LLMFn, prompt: PromptText, options: TextOptions): Live<string, string> {
  const { model, system, modelArgs, ...callOptions } = options
  return live(
    async function* (signal) {
      const request: LLMRequest = { ...modelArgs, model: named(model), messages: messagesOf(prompt, system) }
      const stream = llm(request, { ...callOptions, ...connectionOf(modelArgs), signal })
      for await (const delta of stream) if (delta.type === 'text.delta') yield delta.text
      const { text, refusal } = await stream
      // What a model says in place of an answer is what it says.
      if (text === '' && refusal) yield refusal
      return text || refusal || ''
    },
    { signal: options.signal }
  )
}

/** The same of an invoker. */
export function askInvoker(invoker: Invoker, prompt: PromptText, options: TextOptions): Live<string, string> {
  const { model, system, ...callOptions } = options
  return live(
    async function* (signal) {
      const dialog = new Dialog()
      for (const message of messagesOf(prompt, system)) dialog.append(message)
      const stream = askedInvoker(invoker, dialog, { ...callOptions, model: named(model), signal })
      for await (const delta of stream) if (delta.type === 'text.delta') yield delta.text
      const { content } = (await stream).message
      return typeof content === 'string' ? content : ''
    },
    { signal: options.signal }
  )
}

/**
 * Iterate it for the value as far as it is written, await it for the whole, checked.
 * Fails with kind `output` where the answer does not fit the schema.
 */
export function askObject<const Source extends SchemaSource>(
  invoker: Invoker,
  prompt: PromptText,
  schema: Source,
  options: ObjectOptions
): Live<Partial<OutputOf<Source>>, OutputOf<Source>> {
  const { model, system, ...callOptions } = options
  return live(
    async function* (signal) {
      schemaOf(schema) // a prompt may be without one, an object may not
      const topPrompt = createPrompt({ template: '', format: schema })
      const dialog = loadedDialog({}, { facts: rootFacts, link: undefined, topPrompt, topPath: undefined })
      for (const message of messagesOf(prompt, system)) dialog.append(message)
      const stream = askedInvoker(invoker, dialog, { ...callOptions, model: named(model), signal })
      for await (const delta of stream)
        if (delta.type === 'object.delta') yield delta.object as Partial<OutputOf<Source>>
      const { message, executionErrors } = await stream
      for (const error of executionErrors) throw error
      if (message.parsed === undefined) throw new APIResponseValidationError('The invoker gave no message.parsed.')
      return message.parsed as OutputOf<Source>
    },
    { signal: options.signal }
  )
}

function named(model: string | undefined): string {
  if (model !== undefined) return model
  throw new ConfigurationError('No model is named: pass { model } to createDaybook() or to the call.')
}

function messagesOf(prompt: PromptText, system: string | undefined): readonly Message[] {
  const messages = typeof prompt === 'string' ? [{ role: 'user', content: prompt } as const] : prompt
  if (messages.length === 0 || (typeof prompt === 'string' && prompt.trim() === '')) {
    throw new InputError('The prompt is empty: pass a text or at least one message.')
  }
  return system === undefined ? messages : [{ role: 'system', content: system }, ...messages]
}
