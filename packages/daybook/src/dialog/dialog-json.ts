/** A dialog as plain JSON, and back. The form is recorded, so its names are in snake_case. */
import { asDaybookError, type DaybookError, InputError, shown } from '../errors.js'
import { isRecord, type JsonObject } from '../json.js'
import type { Dialog } from './dialog.js'
import type { NodeFacts } from './dialog-tree.js'
import { ownMessage } from './message.js'
import { type Link, linked } from './message-chain.js'

/** No honest dialog has more messages or forks; a list that only claims a length must not keep a program busy. */
const maxItems = 1_000_000

/** The dialog without its forks, whose ids it names. */
export function dialogJson(dialog: Dialog, topPath: string | undefined): JsonObject {
  const { id, sessionName, owner, messages, tree } = dialog
  return {
    id,
    session_name: sessionName,
    ...(owner === undefined ? {} : { owner }),
    tree_node: {
      ...(tree.parentId === undefined ? {} : { parent_id: tree.parentId }),
      children_ids: tree.childrenIds,
      depth: tree.depth,
      split_point: tree.splitPoint,
      last_n: tree.lastN,
      first_k: tree.firstK
    },
    ...(topPath === undefined ? {} : { top_prompt_path: topPath }),
    messages: messages as unknown as readonly JsonObject[]
  }
}

export interface ReadDialog {
  readonly id: string
  readonly sessionName: string
  readonly owner: string | undefined
  readonly link: Link | undefined
  readonly facts: NodeFacts
  readonly topPath: string | undefined
}

/**
 * What `dialogJson` wrote, checked. What it does not know is left out.
 * @throws InputError that says where and what is wrong.
 */
export function readDialog(json: unknown): ReadDialog {
  if (!isRecord(json)) throw wrong('it', 'an object', json)
  try {
    return read(json)
  } catch (thrown) {
    const error = asDaybookError(thrown)
    if (error.kind === 'input') throw error
    throw new InputError(`A dialog cannot be read from this JSON: ${error.message}`, { cause: thrown })
  }
}

function read(json: Record<string, unknown>): ReadDialog {
  const { messages, tree_node, ...rest } = json
  const node = tree_node ?? {}
  if (!isRecord(node)) throw wrong('tree_node', 'an object', node)
  const id = text('id', rest.id)
  let link: Link | undefined
  list('messages', messages).forEach((item, index) => {
    link = linked(
      link,
      ownMessage(item, () => `${id}#${index}`, `The message at messages[${index}]`)
    )
  })
  return {
    id,
    sessionName: text('session_name', rest.session_name),
    owner: optionalText('owner', rest.owner),
    topPath: optionalText('top_prompt_path', rest.top_prompt_path),
    link,
    facts: factsOf(node)
  }
}

function factsOf(node: Record<string, unknown>): NodeFacts {
  const parentId = optionalText('tree_node.parent_id', node.parent_id)
  const depth = count('tree_node.depth', node.depth ?? (parentId === undefined ? 0 : undefined))
  if ((depth === 0) !== (parentId === undefined)) {
    throw wrong('tree_node.depth', parentId === undefined ? '0 without a parent_id' : 'above 0 with a parent_id', depth)
  }
  const childrenIds = list('tree_node.children_ids', node.children_ids ?? [])
  return {
    parentId,
    depth,
    splitPoint: count('tree_node.split_point', node.split_point ?? 0),
    lastN: count('tree_node.last_n', node.last_n ?? 0),
    firstK: count('tree_node.first_k', node.first_k ?? 1),
    childrenIds: childrenIds.map((id, index) => text(`tree_node.children_ids[${index}]`, id))
  }
}

function text(where: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw wrong(where, 'a text that is not empty', value)
}

function optionalText(where: string, value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : text(where, value)
}

function count(where: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw wrong(where, 'a whole number, 0 or more', value)
}

function list(where: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(where, 'a list', value)
  if (value.length > maxItems) throw wrong(where, `a list of at most ${maxItems} items`, value.length)
  // Array.from, since a hole must be refused like any other value that is none.
  return Array.from(value)
}

function wrong(where: string, wanted: string, value: unknown): DaybookError {
  return new InputError(`A dialog cannot be read from this JSON: ${where} must be ${wanted}, not ${shown(value)}.`)
}
