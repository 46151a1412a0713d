/** A conversation: append-only messages, and the tree of its forks. */
import type { Host } from '../host.js'
import type { JsonObject } from '../json.js'
import type { EventDraft } from '../ledger/event.js'
import type { AttachmentOptions, AttachmentSource } from './attachment.js'
import type { Cost } from './cost.js'
import { type Beginning, LinkedDialog } from './linked-dialog.js'
import type { DialogMessage, MessageDraft } from './message.js'
import type { Prompt } from './prompt.js'

export interface DialogOptions {
  readonly id?: string | undefined
  /** Shared by all dialogs of a tree; `YYYYMMDD_HHMMSS_xxxxxx` (UTC) unless given. */
  readonly sessionName?: string | undefined
  /** Whose dialog it is: an agent's name. */
  readonly owner?: string | undefined
  /**
   * Hears of every opening, fork and message, in order, at once: see `dialog-recorder.ts`. Forks inherit it. It is called
   * when the thing is done; what it throws comes out of the method that was called.
   */
  readonly onEvent?: ((draft: EventDraft) => void) | undefined
  readonly host?: Pick<Host, 'now' | 'random' | 'id'> | undefined
}

export interface ForkOptions {
  /** The newest so many; 0, or more than there are: all. Results of tools bring their calls along. */
  readonly lastN?: number
  /** Together with `lastN`: the first so many before them, 1 unless said otherwise, so that the system message stays. */
  readonly firstK?: number
  readonly owner?: string
  /** False: a working copy that is neither part of the tree nor told of, and goes when nobody holds it. */
  readonly linked?: boolean
  /** Of a working copy that is asked in the place of this dialog, and so under its name: its id. */
  readonly id?: string
}

export interface PutOptions {
  readonly role?: 'system' | 'developer' | 'user' | 'assistant'
  readonly name?: string
  readonly metadata?: JsonObject
}

export interface AttachOptions extends PutOptions, AttachmentOptions {
  /** A text that stands before it, in the same message. */
  readonly caption?: string
}

/** Where a dialog stands in its tree. */
export interface TreeNode {
  readonly id: string
  readonly parentId: string | undefined
  readonly parent: Dialog | undefined
  /** Its linked forks. It holds them, so that a fork lives as long as its parent: see `linked` of ForkOptions. */
  readonly children: readonly Dialog[]
  readonly childrenIds: readonly string[]
  /** 0 for the root. */
  readonly depth: number
  readonly isRoot: boolean
  /** How many messages the parent had when this one left it. */
  readonly splitPoint: number
  /** What was asked of `fork`, as it was understood. */
  readonly lastN: number
  readonly firstK: number
  /** Itself and all below it, breadth first. */
  subtreeIds(): readonly string[]
}

/** `onEvent` hears of an opening and of every message, so that a ledger that never saw the dialog holds all of it. */
export interface FromJSONOptions extends Pick<DialogOptions, 'onEvent' | 'host'> {
  /** Finds the prompt that was on top by its path; without it, or where it finds none, there is no top prompt. */
  readonly prompts?: (path: string) => Prompt | undefined
}

export interface Dialog {
  readonly id: string
  readonly sessionName: string
  readonly owner: string | undefined
  /** Frozen, in order. */
  readonly messages: readonly DialogMessage[]
  readonly length: number
  readonly head: DialogMessage | undefined
  readonly tail: DialogMessage | undefined
  /** The contract for the next answer: the last prompt that was put. A text leaves it in force. */
  readonly topPrompt: Prompt | undefined
  readonly tree: TreeNode
  /** Of all its messages. A fork's prefix counts in the fork too. */
  readonly cost: Cost
  /** A message of another dialog is taken as it is; any other is checked and copied. @throws InputError */
  append(message: MessageDraft): DialogMessage
  putText(text: string, options?: PutOptions): DialogMessage
  putPrompt(prompt: Prompt | string, args?: Readonly<Record<string, unknown>>, options?: PutOptions): DialogMessage
  /** Appended before it returns, unless the source is a Blob, which must be read first. */
  putImage(source: AttachmentSource, options?: AttachOptions): Promise<DialogMessage>
  /** A PDF, or sound. */
  putFile(source: AttachmentSource, options?: AttachOptions): Promise<DialogMessage>
  /** Of all messages it copies nothing; of a part it makes a link for each message. Both go their own way from here. */
  fork(options?: ForkOptions): Dialog
  /** A line for each message. */
  overview(options?: { readonly removeTail?: boolean; readonly maxLength?: number }): string
  /** A line for each dialog of the tree, indented by depth. */
  treeOverview(): string
  /** The messages, names and place in the tree, in snake_case: see `fromJSON`. Its forks are named by their ids. */
  toJSON(): JsonObject
}

export interface DialogConstructor {
  new (options?: DialogOptions): Dialog
  /** @throws InputError that says what is wrong with it. */
  fromJSON(json: unknown, options?: FromJSONOptions): Dialog
}

export const Dialog: DialogConstructor = LinkedDialog

/** A dialog that was there before, or a part of one: nobody is told of it. */
export function loadedDialog(options: DialogOptions, beginning: Beginning): Dialog {
  return new LinkedDialog(options, beginning)
}
