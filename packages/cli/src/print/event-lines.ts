/** Events as lines: `#12 ▲ llm.request  finder  "…"  <- #8`. Ids are long; a person reads numbers. */
import type { AnyEvent, LedgerEvent } from 'daybook'
import { count, duration, money, oneLine, plural } from './format.js'
import type { Paint, Style } from './paint.js'

export interface EventLines {
  /** The next event of the ledger as one line. Lines must be asked for from the first event on, in order. */
  line(event: LedgerEvent): string
}

export interface EventLinesOptions {
  /** Characters in a line; at least 60. */
  readonly width: number
  readonly paint: Paint
}

const glyphs: Readonly<Record<string, readonly [string, Style?]>> = {
  'kit.loaded': ['◆', 'bold'],
  'object.created': ['□'],
  'object.patched': ['□'],
  'relation.created': ['∞'],
  'relation.removed': ['∞'],
  'llm.request': ['▲', 'request'],
  'llm.attempt': ['↻', 'error'],
  'llm.response': ['▼', 'response'],
  'llm.failed': ['✕', 'error'],
  'responder.failed': ['✕', 'error'],
  'output.rejected': ['✕', 'error'],
  'budget.exhausted': ['✕', 'error'],
  'warning.raised': ['!', 'cache'],
  'tool.called': ['●', 'tool'],
  'tool.returned': ['●', 'tool'],
  'branch.created': ['├']
}

export function eventLines({ width, paint }: EventLinesOptions): EventLines {
  // Both grow with the ledger: the number of an event by its id, and of the event that made an object by the object's id.
  const numbers = new Map<string, number>()
  const objects = new Map<string, number>()
  const actorWidth = width < 96 ? 14 : 20
  let kit = ''
  let goal = ''

  const reference = (id: string, known: ReadonlyMap<string, number>): string => {
    const number = known.get(id)
    return number === undefined ? oneLine(id, 14) : `#${number}`
  }

  return {
    line(recorded) {
      const event = recorded as AnyEvent
      const number = numbers.size + 1
      numbers.set(event.id, number)
      if (event.type === 'object.created') objects.set(event.data.id, number)
      if (event.type === 'kit.loaded') {
        kit = `${event.data.name}.`
        goal = event.data.goal?.trim() ?? ''
      }

      const [glyph, style] = glyphs[event.type] ?? ['○']
      const type = oneLine(event.type, 24).padEnd(16)
      // What every line would repeat is left out: the kit's name before its responders, the goal within other words.
      const actor = oneLine(event.actor.replace(kit, ''), actorWidth).padEnd(actorWidth)
      const brief = (words: string): string =>
        goal !== '' && words.length > goal.length + 4 ? words.replace(goal, '…') : words
      const cause = causes(event.cause.map(id => reference(id, numbers)))
      const seq = `#${number}`.padStart(4)
      const taken = seq.length + 3 + type.length + 2 + actor.length + 2 + 2 + cause.length
      const text = summaryOf(event, { object: id => reference(id, objects), brief, width: width - taken })
      const quiet = style === undefined
      return [
        `${paint('muted', seq)} ${paint(style, glyph)} ${quiet ? paint('muted', type) : type}`,
        paint('muted', actor),
        ...(text === '' ? [] : [quiet ? paint('muted', text) : text]),
        paint('muted', cause)
      ].join('  ')
    }
  }
}

function causes(references: readonly string[]): string {
  if (references.length === 0) return '(root)'
  const shown = references.slice(0, 3).join(', ')
  return `<- ${shown}${references.length > 3 ? ` +${references.length - 3}` : ''}`
}

interface Around {
  readonly object: (id: string) => string
  readonly brief: (words: string) => string
  readonly width: number
}

/** What an event says, in at most `width` characters. Figures are never cut, only words are. */
function summaryOf(event: AnyEvent, { object, brief, width }: Around): string {
  switch (event.type) {
    case 'kit.loaded':
      return oneLine(`${event.data.name} ${event.data.version}`, width)
    case 'object.created':
      return around(event.data.type, brief(telling(event.data.data)), '', width)
    case 'object.patched':
      return around(object(event.data.id), brief(telling(event.data.patch)), '', width)
    case 'relation.created': {
      const { type, source_id, target_id } = event.data
      return oneLine(`${type} ${object(source_id)} -> ${object(target_id)}`, width)
    }
    case 'llm.request':
      return around('', brief(questionOf(event)), '', width)
    case 'llm.response':
      return around('', event.data.text, figures(event), width)
    case 'llm.attempt':
      return oneLine(`${event.data.kind}: request ${event.data.n} after ${duration(event.data.wait_ms)}`, width)
    case 'llm.failed':
      return oneLine(`${event.data.kind}: ${event.data.message}`, width)
    case 'responder.failed':
      return oneLine(`${event.data.responder}: ${event.data.message}`, width)
    case 'output.rejected':
      return oneLine(`${event.data.event_type}: ${event.data.reason}`, width)
    case 'budget.exhausted':
      return oneLine(event.data.reasons.join(', '), width)
    case 'warning.raised':
      return oneLine(`${event.data.area}: ${event.data.message}`, width)
    case 'branch.created': {
      const { parent, fork_position } = event.data
      return oneLine(`${plural(fork_position, 'event')} of ${parent.replace(/^run:/, '')} before it`, width)
    }
    case 'run.resumed':
      return oneLine(`after ${plural(event.data.position, 'event')}`, width)
    case 'tool.called':
    case 'tool.returned':
      return oneLine(event.data.name, width)
    default:
      return oneLine(JSON.stringify((event as LedgerEvent).data), width)
  }
}

/** `before "words" after`, the words cut to what is left. */
function around(before: string, words: string, after: string, width: number): string {
  const head = before === '' ? '' : `${oneLine(before, width)} `
  const tail = after === '' ? '' : ` ${after}`
  const left = width - head.length - tail.length - 2
  const quoted = words.trim() === '' || left < 4 ? '' : `"${oneLine(words, left)}"`
  return `${head}${quoted}${tail}`.trim()
}

function figures(event: LedgerEvent<'llm.response'>): string {
  const { cached, usage, cost_usd, saved_usd, estimated } = event.data
  const sign = { estimated: estimated === true }
  if (cached) return `HIT saved ${money(saved_usd, sign)}`
  const tokens = usage ? `${count(usage.input_tokens)}->${count(usage.output_tokens)} tok ` : ''
  return `${tokens}${money(cost_usd, sign)}`
}

const tellingMembers = ['text', 'summary', 'question', 'goal', 'title', 'name', 'status']

/** The member of an object's data that says most about it. */
export function telling(data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  const members = data as Record<string, unknown>
  const name =
    tellingMembers.find(member => typeof members[member] === 'string' && members[member] !== '') ??
    Object.keys(members).find(member => typeof members[member] === 'string')
  return name === undefined ? '' : String(members[name])
}

/** What a request asks: the text of its last message of the user. */
export function questionOf(event: LedgerEvent<'llm.request'>): string {
  const messages = Array.isArray(event.data.messages) ? event.data.messages : []
  const content = (messages.findLast(message => message?.role === 'user') ?? messages.at(-1))?.content
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map(part => (part && 'text' in part && typeof part.text === 'string' ? part.text : '')).join(' ')
}
