/** What a node of the graph says of itself at the playhead. */

import type { Book } from './book.js'
import { type Glyph, typeParts } from './family.js'
import { callFigures } from './figures.js'
import { type Answer, before, type Graph, type GraphNode } from './graph.js'
import { masked } from './mask.js'
import { medianOf } from './median.js'
import { count, duration, rate, usd } from './numbers.js'
import { firstLine } from './read.js'
import { questionAt } from './row.js'
import { leading } from './sorted.js'
import { plain, summaryOf } from './summary.js'

export interface NodeFacts {
  readonly glyph: Glyph
  readonly title: string
  readonly meta: string
  /** Events, or calls, that had begun. */
  readonly count: number
  readonly live: boolean
  readonly failed: boolean
  /** The number of its only event. */
  readonly seq: number | undefined
}

/** Of so many answers the median time is taken, at most. */
const maxTimes = 2000
/** So many characters fit into a node. */
const room = 27

export function nodeFacts(graph: Graph, book: Book, node: GraphNode, now: number): NodeFacts {
  const length = book.events.length
  const rows = before(node.rows, length)
  const total = before(node.made, length) || rows
  const row = node.rows[0] as number
  const call = book.calls.ofRow(row)
  const only = total === 1
  const changes = before(node.changed, length)
  const last = Math.max(row, changes > 0 ? (node.changed[changes - 1] as number) : row)
  const summary = only || graph.mode === 'expanded' ? gist(book, last) : ''
  const seq = rows === 1 ? row + 1 : undefined
  if (!call) {
    const named = graph.mode === 'expanded' || only ? objectName(book, row) : undefined
    const meta = summary || `${doing(node)}${changes > 0 ? `, ${changes} ${changes === 1 ? 'change' : 'changes'}` : ''}`
    return {
      ...{ glyph: node.glyph, meta, count: total, seq },
      title: named ?? node.name,
      ...quiet,
      failed: node.glyph === 'error'
    }
  }
  const answers = answersOf(node, length)
  const sum = answers.at(-1)
  const model = call.kind === 'tool' ? node.name : node.actor === '' ? node.name : `${node.actor}, ${node.name}`
  const fits = call.kind === 'tool' || model.length <= room
  const live = liveOf(graph, book, node)
  const failed = (sum?.failed ?? 0) > 0 && sum?.failed === answers.length
  const words: string[] = []
  if (!fits && live === undefined) words.push(node.name)
  if (live !== undefined) words.push(...liveWords(book, live, now))
  else if (!sum) words.push('waiting')
  else {
    if (sum.hits > 0) words.push(only ? 'HIT' : `${sum.hits} HIT`)
    if (sum.failed > 0) words.push(only ? 'failed' : `${sum.failed} failed`)
    if (call.kind === 'llm' && !(failed && sum.costUsd === null)) words.push(usd(sum.costUsd, sum.estimated))
    const times = answers.slice(-maxTimes).flatMap(({ ms }) => (ms === undefined ? [] : [ms]))
    if (times.length > 0) {
      const middle = duration(medianOf(times, times.length))
      words.push(only ? middle : `p50 ${answers.length > maxTimes ? '≈ ' : ''}${middle}`)
    }
  }
  const glyph = live !== undefined ? 'stream' : failed ? 'error' : sum && sum.hits === total ? 'cache' : node.glyph
  if (graph.mode === 'expanded') {
    const title = call.kind === 'llm' ? questionAt(book, row) : node.name
    const meta =
      call.kind === 'llm' ? `${node.name} · ${words.filter(word => word !== node.name).join(', ')}` : words.join(', ')
    return { glyph, title: firstLine(title, 120), meta, count: total, live: live !== undefined, failed, seq }
  }
  return {
    glyph,
    title: fits ? model : node.actor,
    meta: words.join(', '),
    count: total,
    live: live !== undefined,
    failed,
    // The name is worth more than the number, which the inspector has.
    seq: model.length > room - 6 ? undefined : seq
  }
}

const quiet = { live: false, failed: false }

function answersOf(node: GraphNode, length: number): readonly Answer[] {
  const { answers } = node
  const low = leading(answers, ({ row }) => row < length)
  return low === answers.length ? answers : answers.slice(0, low)
}

/** The row of a call of this node whose answer is on its way. */
function liveOf(graph: Graph, book: Book, node: GraphNode): number | undefined {
  for (const id of book.streams.live.keys()) {
    const call = book.calls.byId(id)
    if (call && graph.byRow[call.row] === node.index) return call.row
  }
  return undefined
}

function liveWords(book: Book, row: number, now: number): string[] {
  const call = book.calls.ofRow(row)
  if (!call) return ['streaming']
  const { tokensPerSecond, outputTokens, costUsd } = callFigures(book, call, now)
  const words = ['streaming']
  if (tokensPerSecond !== undefined) words.push(rate(tokensPerSecond))
  if (typeof costUsd === 'number') words.push(usd(costUsd, true))
  else if (outputTokens !== undefined) words.push(`≈ ${count(outputTokens)} tok`)
  return words
}

function objectName(book: Book, row: number): string | undefined {
  const event = book.events[row]
  if (!event?.type.startsWith('object.')) return undefined
  const id = (event.data as { id?: unknown }).id
  return typeof id === 'string' ? book.objects.nameOf(id) : undefined
}

/** `created by planner`: tells nodes of one name apart. */
function doing({ type, actor }: GraphNode): string {
  const [, verb] = typeParts(type)
  return /^(object|relation)\./.test(type) && actor !== '' ? `${verb} by ${actor}` : actor || verb
}

/** The summary of an event without the name that the node shows already. */
function gist(book: Book, row: number): string {
  const event = book.events[row]
  if (!event) return ''
  const text = masked(summaryOf(event, book.objects).text)
  return firstLine(/^(object|relation)\./.test(event.type) ? plain(text).replace(/^.*? · /, '') : plain(text), 160)
}
