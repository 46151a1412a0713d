/** The dialogs of a ledger, built again from its events alone. */
import { asDaybookError, InputError, shown } from '../errors.js'
import { isRecord } from '../json.js'
import type { LedgerEvent } from '../ledger/event.js'
import { type Dialog, type FromJSONOptions, loadedDialog } from './dialog.js'
import { type NodeFacts, rootFacts } from './dialog-tree.js'
import { ownMessage } from './message.js'
import { cutBack, type Link, lengthOf, linked, selected } from './message-chain.js'

export interface DialogsOfOptions extends FromJSONOptions {
  /** Hears of each event of a dialog that was left out, and why. */
  readonly onSkipped?: (event: LedgerEvent, why: string) => void
}

/** A dialog as far as it was read. */
interface Found {
  readonly sessionName: string
  readonly owner: string | undefined
  readonly facts: NodeFacts
  topPath: string | undefined
  link: Link | undefined
}

interface Room {
  links: number
}

/** A fork of a part takes memory for each message in it: an event of a hundred bytes must not ask for a million, often. */
const maxLinks = 2_000_000

/**
 * The dialogs that a ledger holds, by id, in the order in which they began, with their messages, tree and costs.
 * Nobody is told of what is read; `onEvent` hears of what comes after.
 *
 * A ledger may be cut, merged or made up. What does not follow from what was read before is left out, and everything
 * else stays: a dialog that began already, a fork of a dialog that is not there or has too few messages, a message that
 * is there already (the first one counts) or that would leave a gap, and what is not of the form of its event.
 */
export function dialogsOf(events: Iterable<LedgerEvent>, options: DialogsOfOptions = {}): ReadonlyMap<string, Dialog> {
  const { prompts, onEvent, host, onSkipped } = options
  const found = new Map<string, Found>()
  const room = { links: maxLinks }
  for (const event of events) {
    try {
      take(found, event, room)
    } catch (thrown) {
      onSkipped?.(event, asDaybookError(thrown).message)
    }
  }
  const dialogs = new Map<string, Dialog>()
  for (const [id, { sessionName, owner, facts, link, topPath }] of found) {
    const parent = facts.parentId === undefined ? undefined : dialogs.get(facts.parentId)
    const topPrompt = topPath === undefined ? undefined : prompts?.(topPath)
    const dialog = loadedDialog({ id, sessionName, owner, host, onEvent }, { facts, parent, link, topPrompt, topPath })
    dialogs.set(id, dialog)
  }
  return dialogs
}

function take(found: Map<string, Found>, { type, data }: LedgerEvent, room: Room): void {
  if (type !== 'dialog.opened' && type !== 'dialog.forked' && type !== 'message.appended') return
  if (!isRecord(data)) throw new InputError(`The data of ${type} is no object.`)
  const id = text(data, 'dialog_id')
  if (type === 'message.appended') takeMessage(found.get(id), id, data)
  else if (found.has(id)) throw new InputError(`The dialog ${shown(id)} began already.`)
  else found.set(id, type === 'dialog.opened' ? opened(data) : forked(found, data, room))
}

function opened(data: Record<string, unknown>): Found {
  const sessionName = text(data, 'session_name')
  const owner = optionalText(data, 'owner')
  return { sessionName, owner, facts: rootFacts, topPath: optionalText(data, 'prompt_path'), link: undefined }
}

function forked(found: Map<string, Found>, data: Record<string, unknown>, room: Room): Found {
  const parentId = text(data, 'parent_id')
  const parent = found.get(parentId)
  if (!parent) throw new InputError(`The dialog ${shown(parentId)} that was forked is not there.`)
  const splitPoint = count(data, 'split_point')
  const length = lengthOf(parent.link)
  if (splitPoint > length) throw new InputError(`The fork needs ${splitPoint} messages where ${length} were read.`)
  // The parent may be longer by now, where ledgers were merged.
  const whole = cutBack(parent.link, splitPoint)
  const lastN = count(data, 'last_n')
  if (lastN < splitPoint) room.links -= lastN
  if (room.links < 0) throw new InputError(`The forks of parts of dialogs hold more than ${maxLinks} messages.`)
  const { link, ...understood } = selected(whole, lastN, count(data, 'first_k'))
  return {
    sessionName: parent.sessionName,
    owner: optionalText(data, 'owner'),
    facts: { parentId, depth: parent.facts.depth + 1, splitPoint, ...understood },
    topPath: parent.topPath,
    link
  }
}

function takeMessage(dialog: Found | undefined, id: string, data: Record<string, unknown>): void {
  if (!dialog) throw new InputError(`The dialog ${shown(id)} of this message is not there.`)
  const index = count(data, 'index')
  const length = lengthOf(dialog.link)
  if (index < length) throw new InputError(`Message ${index} of the dialog ${shown(id)} is there already.`)
  if (index > length) {
    throw new InputError(
      `Message ${index} of the dialog ${shown(id)} comes after ${length} messages: some are missing.`
    )
  }
  const path = data.prompt_path === null ? null : optionalText(data, 'prompt_path')
  dialog.link = linked(
    dialog.link,
    ownMessage(data.message, () => `${id}#${index}`)
  )
  if (path !== undefined) dialog.topPath = path ?? undefined
}

function text(data: Record<string, unknown>, name: string): string {
  const value = data[name]
  if (typeof value === 'string' && value !== '') return value
  throw new InputError(`${name} must be a text, not ${shown(value)}.`)
}

function optionalText(data: Record<string, unknown>, name: string): string | undefined {
  return data[name] === undefined ? undefined : text(data, name)
}

function count(data: Record<string, unknown>, name: string): number {
  const value = data[name]
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new InputError(`${name} must be a whole number, 0 or more, not ${shown(value)}.`)
}
