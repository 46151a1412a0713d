/** What of an event can be edited in a fork, and what an edit comes to: paths within its data with their new values. */
import type { Json, LedgerChange, LedgerEvent } from 'daybook'
import { placed } from './fork-order.js'
import { isRecord, list, record, string } from './read.js'

export interface Field {
  /** A JSON pointer into the event's data; empty for all of it. */
  readonly path: string
  readonly kind: 'text' | 'json' | 'number'
  /** As it is shown before it is edited. */
  readonly before: string
}

export interface MessageForm {
  readonly index: number
  readonly role: string
  readonly label: string
  readonly fields: readonly Field[]
  /** Parts that are no text, such as pictures: named, and left as they are. */
  readonly others: readonly string[]
  /** Shown as one line until it is opened. */
  readonly folded: boolean
  readonly characters: number
}

export interface RequestForm {
  readonly kind: 'request'
  readonly messages: readonly MessageForm[]
  readonly model: Field
  readonly maxTokens: Field
  readonly temperature: Field
  /** All other parameters, as one JSON object. */
  readonly others: Field
  readonly tools: readonly string[]
}

export interface DataForm {
  readonly kind: 'data'
  readonly title: string
  readonly field: Field
}

export type ForkForm = RequestForm | DataForm

/** The person's edits by path, as they are typed; kept for as long as the panel is open. */
export interface Edits {
  readonly texts: Readonly<Record<string, string>>
  readonly added: readonly Added[]
  /** The recorded messages that are left out. */
  readonly gone: readonly number[]
  /** All messages as they will stand, see `fork-order.ts`. Left out: the recorded ones, then the added ones. */
  readonly order?: readonly number[]
  /** The indexes of tools that are left out. */
  readonly without: readonly number[]
}

export interface Added {
  /** Below 0, so that no recorded message has it. */
  readonly id: number
  readonly role: 'user' | 'assistant' | 'system'
  readonly text: string
}

export const noEdits: Edits = { texts: {}, added: [], gone: [], without: [] }

/** Why no event of this type can be edited; undefined where it can. */
export function unforkable(type: string): string | undefined {
  if (type === 'llm.request' || type === 'llm.response' || isData(type)) return undefined
  return `An event of type ${type.slice(0, 60)} tells of the run itself, so there is nothing to edit. Fork at a request, an answer, a tool’s result, an object, a relation, or where the kit was loaded.`
}

function isData(type: string): boolean {
  return /^(object|relation)\./.test(type) || type === 'kit.loaded' || type === 'tool.returned'
}

/** What can be edited; a sentence where nothing can. */
export function formOf(event: LedgerEvent): ForkForm | string {
  const type: string = event.type
  const data = record(event.data)
  if (type === 'llm.request') return requestForm(data)
  if (type === 'llm.response') {
    return { kind: 'data', title: 'answer', field: { path: '/text', kind: 'text', before: string(data.text) ?? '' } }
  }
  if (isData(type)) return { kind: 'data', title: type, field: { path: '', kind: 'json', before: pretty(data) } }
  return unforkable(type) as string
}

const ownParameters = new Set(['model', 'messages', 'max_tokens', 'temperature', 'tools'])
const ledgerNotes = new Set(['target', 'cause_object_id', 'dialog_id', 'metadata'])

function requestForm(data: Record<string, unknown>): RequestForm {
  const messages = list(data.messages)
  const tools = toolNames(messages)
  const lastUser = messages.findLastIndex(message => record(message).role === 'user')
  const others = Object.fromEntries(
    Object.entries(data).filter(([name]) => !ownParameters.has(name) && !ledgerNotes.has(name))
  )
  return {
    kind: 'request',
    messages: messages.map((message, index) => messageForm(record(message), index, index < lastUser, tools)),
    model: { path: '/model', kind: 'text', before: string(data.model) ?? '' },
    maxTokens: { path: '/max_tokens', kind: 'number', before: numberText(data.max_tokens) },
    temperature: { path: '/temperature', kind: 'number', before: numberText(data.temperature) },
    others: { path: '', kind: 'json', before: pretty(others) },
    tools: list(data.tools).map((tool, i) => {
      const { name, function: inner, type } = record(tool)
      return string(name) ?? string(record(inner).name) ?? string(type) ?? `tool ${i + 1}`
    })
  }
}

/** The names of the tools that were called, by the ids of their calls. */
function toolNames(messages: readonly unknown[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const message of messages) {
    for (const call of list(record(message).tool_calls)) {
      const { id, name, function: inner } = record(call)
      const called = string(name) ?? string(record(inner).name)
      if (typeof id === 'string' && called) names.set(id, called)
    }
  }
  return names
}

function messageForm(
  message: Record<string, unknown>,
  index: number,
  before: boolean,
  tools: ReadonlyMap<string, string>
): MessageForm {
  const role = string(message.role) ?? 'message'
  const calls = list(message.tool_calls).map(call => {
    const { name, function: inner } = record(call)
    return string(name) ?? string(record(inner).name) ?? 'a tool'
  })
  const base = `/messages/${index}`
  const fields: Field[] = []
  const others: string[] = []
  if (typeof message.content === 'string') {
    fields.push({ path: `${base}/content`, kind: 'text', before: message.content })
  } else {
    list(message.content).forEach((part, i) => {
      const { type, text } = record(part)
      if (typeof text === 'string') fields.push({ path: `${base}/content/${i}/text`, kind: 'text', before: text })
      else others.push(string(type) ?? 'part')
    })
  }
  if (calls.length > 0) fields.push({ path: `${base}/tool_calls`, kind: 'json', before: pretty(message.tool_calls) })
  const name = string(message.name) ?? tools.get(string(message.tool_call_id) ?? '')
  const label =
    role === 'tool'
      ? `tool result${name ? `, ${name}` : ''}`
      : calls.length > 0
        ? `${role}, calls ${calls.slice(0, 4).join(' and ')}`
        : role
  const characters = fields.reduce((sum, field) => sum + field.before.length, 0)
  const folded = before || role === 'system' || role === 'developer' || role === 'assistant'
  return { index, role, label, fields, others, folded, characters }
}

export interface Edited {
  /** Paths as JSON pointers with their new values; empty where nothing is different. */
  readonly set: Readonly<Record<string, Json>>
  /** What is set, put in and left out, as a fork takes it. */
  readonly change: Omit<LedgerChange, 'event'>
  readonly count: number
  /** What is wrong with an edit, by its path. */
  readonly faults: Readonly<Record<string, string>>
  /** The event's data with the edits in place. */
  readonly data: unknown
}

export function editedData(event: LedgerEvent, form: ForkForm, edits: Edits): Edited {
  const set: Record<string, Json> = {}
  const remove: string[] = []
  const faults: Record<string, string> = {}
  let count = 0
  const data = record(event.data)
  const take = (field: Field, whole?: Record<string, unknown>): void => {
    const text = edits.texts[field.path || '/']
    if (text === undefined || text === field.before) return
    // An emptied figure is not sent at all.
    if (field.kind === 'number' && text.trim() === '') {
      remove.push(field.path)
      count++
      return
    }
    const value = typedValue(field, text)
    if ('fault' in value) faults[field.path || '/'] = value.fault
    else if (whole) {
      if (!isRecord(value.value)) {
        faults['/'] = 'This must be one JSON object.'
        return
      }
      const members = value.value
      for (const name of Object.keys(whole)) {
        if (Object.hasOwn(members, name)) continue
        remove.push(pointer(name))
        count++
      }
      for (const [name, member] of Object.entries(members)) {
        if (JSON.stringify(member) === JSON.stringify(whole[name])) continue
        set[pointer(name)] = member as Json
        count++
      }
    } else {
      set[field.path] = value.value as Json
      count++
    }
  }
  if (form.kind === 'data') take(form.field, form.field.path === '' ? data : undefined)
  else {
    for (const { index, fields } of form.messages)
      if (!edits.gone.includes(index)) for (const field of fields) take(field)
    const placing = placed(form, edits, list(record(changed(data, set)).messages) as Json[])
    for (const field of [form.model, form.maxTokens, form.temperature]) take(field)
    take(form.others, Object.fromEntries(Object.entries(data).filter(([name]) => isOther(name))))
    if (edits.without.length > 0) {
      const kept = list(data.tools).filter((_tool, i) => !edits.without.includes(i)) as Json[]
      if (kept.length > 0) set['/tools'] = kept
      else remove.push('/tools') // no provider takes an empty list of them
      count++
    }
    if (placing) {
      count += placing.count
      if (placing.whole) {
        for (const path of Object.keys(set)) if (path.startsWith('/messages/')) delete set[path]
        set['/messages'] = placing.list
      }
      const will = { ...record(without(changed(data, set), remove)), messages: placing.list }
      const change = { set, ...filled(placing.insert, [...placing.remove, ...remove]) }
      return { set, change, count, faults, data: will }
    }
  }
  return { set, change: { set, ...filled({}, remove) }, count, faults, data: without(changed(data, set), remove) }
}

function filled(insert: Readonly<Record<string, Json>>, remove: readonly string[]): Omit<LedgerChange, 'event'> {
  return {
    ...(Object.keys(insert).length > 0 ? { insert } : {}),
    ...(remove.length > 0 ? { remove } : {})
  }
}

function pointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Without the members that these paths name. */
function without(data: unknown, remove: readonly string[]): unknown {
  if (remove.length === 0) return data
  return Object.fromEntries(Object.entries(record(data)).filter(([name]) => !remove.includes(pointer(name))))
}

function isOther(name: string): boolean {
  return !ownParameters.has(name) && !ledgerNotes.has(name)
}

function typedValue({ kind, path }: Field, text: string): { readonly value: unknown } | { readonly fault: string } {
  if (kind === 'text') return path === '/model' && text.trim() === '' ? { fault: 'Name a model.' } : { value: text }
  if (kind === 'number') {
    const value = Number(text)
    return text.trim() !== '' && Number.isFinite(value) && value >= 0
      ? { value }
      : { fault: 'This must be a number, 0 or more.' }
  }
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { fault: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** A copy along the paths; a path that leads nowhere is left to the library, which says so. */
function changed(data: unknown, set: Readonly<Record<string, Json>>): unknown {
  let copy = data
  for (const [path, value] of Object.entries(set)) {
    const names = path
      .slice(1)
      .split('/')
      .map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    copy = put(copy, names, value)
  }
  return copy
}

function put(holder: unknown, [name, ...rest]: readonly string[], value: Json): unknown {
  if (name === undefined) return value
  if (Array.isArray(holder)) {
    const list = [...holder]
    list[Math.min(Number(name) || 0, list.length)] = put(list[Number(name)], rest, value)
    return list
  }
  return Object.fromEntries([...Object.entries(record(holder)), [name, put(record(holder)[name], rest, value)]])
}

function pretty(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2) ?? ''
  } catch {
    return ''
  }
}

function numberText(value: unknown): string {
  return typeof value === 'number' ? String(value) : ''
}

/** A name for the branch that is free: `b2`, `b3`, … */
export function freeBranch(names: readonly string[]): string {
  const taken = new Set(names)
  for (let n = 2; ; n++) if (!taken.has(`branch:b${n}`)) return `b${n}`
}

export function branchFault(id: string, names: readonly string[]): string | undefined {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}$/.test(id))
    return 'A branch’s name has letters, digits, “.”, “_” and “-” only.'
  return names.includes(`branch:${id}`) ? `branch:${id} is there already: choose another name.` : undefined
}
