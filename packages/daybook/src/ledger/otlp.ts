/**
 * A run as OpenTelemetry traces in OTLP's JSON: one trace, with a span for the run, for each call of a model or a tool
 * and, where the run was verbose, for each responder. Ids are made of event ids, so that the same run exported twice is
 * the same trace. What was said is left out unless it is asked for.
 */
import { sha256 } from '#platform'
import type { Target } from '../llm/llm.js'
import type { AnyEvent, LedgerEvent } from './event.js'

export interface OtlpOptions {
  /** The ledger's name. */
  readonly name: string
  /** Put prompts, answers and the arguments of tools into the spans. */
  readonly content?: boolean
  /** Of the program that writes the trace, for its scope. */
  readonly version?: string
}

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  /** Nanoseconds since 1970, in decimal digits. */
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly status: { readonly code: number; readonly message?: string }
}

interface Attribute {
  readonly key: string
  readonly value: object
}

const kinds = { internal: 1, client: 3 } as const
const statuses = { unset: 0, error: 2 } as const

/** What begins a span, by what ends it. */
interface Begun {
  readonly event: AnyEvent
  readonly parent: string | undefined
}

export function toOtlp(events: Iterable<LedgerEvent>, { name, content = false, version }: OtlpOptions): object {
  const traceId = sha256(name).slice(0, 32)
  const root = spanId(name)
  const spans: Span[] = []
  const open = new Map<string, Begun>()
  // Within whose span an event was made: a responder's, where these are recorded.
  const within = new Map<string, string>()
  let first: LedgerEvent | undefined
  let last: LedgerEvent | undefined
  let kit = ''
  let failed: string | undefined

  const end = (key: string, event: AnyEvent, make: (begun: AnyEvent) => Made): void => {
    const begun = open.get(key)
    if (!begun) return
    open.delete(key)
    spans.push(spanOf(begun, event, make(begun.event)))
  }
  const spanOf = (begun: Begun, ended: LedgerEvent, made: Made): Span => ({
    traceId,
    spanId: spanId(begun.event.id),
    parentSpanId: begun.parent ?? root,
    name: made.name,
    kind: made.kind,
    startTimeUnixNano: nanos(begun.event.timestamp),
    endTimeUnixNano: nanos(ended.timestamp, begun.event.timestamp),
    attributes: attributesOf({ ...made.attributes, 'daybook.event.id': begun.event.id }),
    status: made.failed === undefined ? { code: statuses.unset } : { code: statuses.error, message: made.failed }
  })

  for (const recorded of events) {
    const event = recorded as AnyEvent
    first ??= event
    last = event
    const parent = event.cause.map(id => within.get(`${id}\n${event.actor}`)).find(id => id !== undefined)
    switch (event.type) {
      case 'kit.loaded':
        kit = event.data.name
        break
      case 'responder.fired':
        open.set(firing(event), { event, parent: undefined })
        within.set(firing(event), spanId(event.id))
        break
      case 'responder.completed':
      case 'responder.failed':
        if (event.type === 'responder.failed') failed ??= event.data.message
        end(firing(event), event, () => ({
          name: event.data.responder,
          kind: kinds.internal,
          attributes: {},
          ...(event.type === 'responder.failed' ? { failed: event.data.message } : {})
        }))
        break
      case 'llm.request':
      case 'tool.called':
        open.set(event.id, { event, parent })
        break
      case 'llm.response':
      case 'llm.failed':
        if (event.type === 'llm.failed') failed ??= event.data.message
        for (const cause of event.cause) {
          end(cause, event, begun => callOf(begun as LedgerEvent<'llm.request'>, event, content))
        }
        break
      case 'tool.returned':
        for (const cause of event.cause) {
          end(cause, event, begun => toolOf(begun as LedgerEvent<'tool.called'>, event, content))
        }
        break
      case 'budget.exhausted':
        failed ??= [event.data.reasons].flat().join(', ')
        break
    }
  }
  // A call without an answer has no end: it is shown as far as the run goes.
  for (const begun of open.values()) {
    if (!last || begun.event.type === 'responder.fired') continue
    const made =
      begun.event.type === 'tool.called'
        ? toolOf(begun.event, undefined, content)
        : callOf(begun.event as LedgerEvent<'llm.request'>, undefined, content)
    spans.push(spanOf(begun, last, { ...made, failed: 'unanswered' }))
  }
  if (first && last) {
    spans.unshift({
      ...{ traceId, spanId: root, name: kit === '' ? name : `run ${kit}`, kind: kinds.internal },
      ...{ startTimeUnixNano: nanos(first.timestamp), endTimeUnixNano: nanos(last.timestamp, first.timestamp) },
      attributes: attributesOf({ 'daybook.ledger': name, 'daybook.kit': kit || undefined }),
      status: failed === undefined ? { code: statuses.unset } : { code: statuses.error, message: failed }
    })
  }
  const service = attributesOf({ 'service.name': kit || 'daybook' })
  const scope = { name: 'daybook', ...(version === undefined ? {} : { version }) }
  return { resourceSpans: [{ resource: { attributes: service }, scopeSpans: [{ scope, spans }] }] }
}

interface Made {
  readonly name: string
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly failed?: string
}

function callOf(
  { data: request }: LedgerEvent<'llm.request'>,
  ended: LedgerEvent<'llm.response'> | LedgerEvent<'llm.failed'> | undefined,
  content: boolean
): Made {
  const { model, messages, max_tokens, temperature, top_p, target } = request as typeof request & {
    top_p?: unknown
    target?: Target
  }
  const answer = ended?.type === 'llm.response' ? (ended as LedgerEvent<'llm.response'>).data : undefined
  const failure = ended?.type === 'llm.failed' ? (ended as LedgerEvent<'llm.failed'>).data : undefined
  const usage = answer?.usage
  return {
    name: `chat ${model}`,
    kind: kinds.client,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': target?.provider,
      'server.address': hostOf(target?.base_url),
      'gen_ai.request.model': model,
      'gen_ai.request.max_tokens': max_tokens,
      'gen_ai.request.temperature': temperature,
      'gen_ai.request.top_p': top_p,
      'gen_ai.response.id': answer?.id,
      'gen_ai.response.model': answer?.model,
      'gen_ai.response.finish_reasons': answer && [answer.finish_reason],
      'gen_ai.usage.input_tokens': usage?.input_tokens,
      'gen_ai.usage.output_tokens': usage?.output_tokens,
      'gen_ai.usage.cache_read.input_tokens': usage?.cached_input_tokens,
      'gen_ai.usage.cache_creation.input_tokens': usage?.cache_write_tokens,
      'gen_ai.usage.reasoning.output_tokens': usage?.reasoning_tokens,
      'error.type': failure?.kind,
      // Ours, since there is no convention for them: what it cost, and whether anybody was asked.
      'daybook.cost_usd': answer?.cost_usd,
      'daybook.cached': answer?.cached,
      'daybook.saved_usd': answer?.saved_usd,
      ...(content
        ? { 'gen_ai.input.messages': json(messages), 'gen_ai.output.messages': answer && json([answer.message]) }
        : {})
    },
    ...(failure ? { failed: failure.message } : {})
  }
}

function toolOf(
  { data: called }: LedgerEvent<'tool.called'>,
  returned: LedgerEvent<'tool.returned'> | undefined,
  content: boolean
): Made {
  const error = returned?.data.error
  return {
    name: `execute_tool ${called.name}`,
    kind: kinds.internal,
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': called.name,
      'gen_ai.tool.call.id': called.call_id,
      ...(content
        ? {
            'gen_ai.tool.call.arguments': json(called.arguments),
            'gen_ai.tool.call.result': json(returned?.data.result)
          }
        : {}),
      'error.type': error === undefined ? undefined : 'tool_error'
    },
    ...(error === undefined ? {} : { failed: content ? error : 'The tool failed.' })
  }
}

function firing({ data }: { readonly data: { readonly responder: string; readonly event_id: string } }): string {
  return `${data.event_id}\n${data.responder}`
}

function attributesOf(values: Readonly<Record<string, unknown>>): Attribute[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const held = otlpValue(value)
    return held ? [{ key, value: held }] : []
  })
}

/** As OTLP writes a value; whole numbers have 64 bits there and are text in JSON. Undefined for what is not known. */
function otlpValue(value: unknown): object | undefined {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.flatMap(item => otlpValue(item) ?? []) } }
  return undefined
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

function hostOf(address: string | undefined): string | undefined {
  return address === undefined || !URL.canParse(address) ? undefined : new URL(address).hostname
}

/** Of an ISO time; never before `notBefore`, since clocks are set back now and then. */
function nanos(timestamp: string, notBefore = timestamp): string {
  const ms = Math.max(Date.parse(timestamp) || 0, Date.parse(notBefore) || 0)
  return `${BigInt(ms) * 1_000_000n}`
}

function spanId(id: string): string {
  return sha256(id).slice(0, 16)
}
