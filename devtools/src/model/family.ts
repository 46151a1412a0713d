/** The family of an event: what its glyph and colour say. */
import { record } from './read.js'

export type Family = 'request' | 'response' | 'tool' | 'world' | 'branch' | 'error' | 'other'
export type Glyph = Family | 'cache' | 'stream' | 'relation'

const byType: Readonly<Record<string, Family>> = {
  'llm.request': 'request',
  'llm.response': 'response',
  'llm.failed': 'error',
  'llm.attempt': 'error',
  'tool.called': 'tool',
  'tool.returned': 'tool',
  'object.created': 'world',
  'object.patched': 'world',
  'relation.created': 'world',
  'relation.removed': 'world',
  'kit.loaded': 'world',
  'run.resumed': 'world',
  'dialog.opened': 'world',
  'dialog.forked': 'branch',
  'message.appended': 'world',
  'branch.created': 'branch',
  'responder.fired': 'world',
  'responder.completed': 'world',
  'responder.failed': 'error',
  'output.rejected': 'error',
  'budget.exhausted': 'error',
  'warning.raised': 'other'
}

export function familyOf(type: string): Family {
  return Object.hasOwn(byType, type) ? (byType[type] as Family) : 'other'
}

export function glyphOf(type: string): Glyph {
  return type.startsWith('relation.') ? 'relation' : familyOf(type)
}

/** Something went wrong here: an event of the error family, or a tool that gave back an error. */
export function isError(event: { readonly type: string; readonly data: unknown }): boolean {
  if (familyOf(event.type) === 'error') return true
  return event.type === 'tool.returned' && record(event.data).error !== undefined
}

/** `llm.request` as `llm.` and `request`, so that the verb can stand out. */
export function typeParts(type: string): readonly [space: string, verb: string] {
  const dot = type.lastIndexOf('.')
  return [type.slice(0, dot + 1), type.slice(dot + 1)]
}
