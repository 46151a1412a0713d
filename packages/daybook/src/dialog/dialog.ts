/** A conversation: append-only messages, and the tree of its forks. */
import { InputError, shown } from '../errors.js'
import { defaultHost, type Host, newId } from '../host.js'
import type { JsonObject } from '../json.js'
import type { EventDraft } from '../ledger/event.js'
import type { ContentPart } from '../llm/llm.js'
import { type AttachmentOptions, type AttachmentSource, attachmentPart } from './attachment.js'
import { type Cost, costOf } from './cost.js'
import { dialogJson, readDialog } from './dialog-json.js'
import { overviewOf, treeOverviewOf } from './dialog-overview.js'
import { type NodeFacts, rootFacts, treeNode } from './dialog-tree.js'
import { type DialogMessage, type MessageDraft, ownMessage } from './message.js'
import { type Link, linked, messagesOf, selected } from './message-chain.js'
import { createPrompt, type Prompt } from './prompt.js'

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
  /** The newest so many; 0, or more than there are: all. */
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
  putImage(
    source: AttachmentSource,
    options?: PutOptions & AttachmentOptions & { readonly caption?: string }
  ): Promise<DialogMessage>
  /** A PDF, or sound. */
  putFile(
    source: AttachmentSource,
    options?: PutOptions & AttachmentOptions & { readonly caption?: string }
  ): Promise<DialogMessage>
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

/** What a dialog begins with, apart from its options. */
export interface Beginning {
  readonly facts: NodeFacts
  /** Counts this one among its forks, and holds it as long as it is held itself. */
  readonly parent?: Dialog | undefined
  readonly link: Link | undefined
  readonly cost?: Cost | undefined
  readonly messages?: readonly DialogMessage[] | undefined
  readonly topPrompt: Prompt | undefined
  readonly topPath: string | undefined
}

const empty: Beginning = { facts: rootFacts, link: undefined, topPrompt: undefined, topPath: undefined }

class LinkedDialog implements Dialog {
  readonly id: string
  readonly sessionName: string
  readonly owner: string | undefined
  readonly tree: TreeNode
  readonly #host: Pick<Host, 'now' | 'random' | 'id'>
  readonly #children: Dialog[] = []
  #onEvent: DialogOptions['onEvent']
  #link: Link | undefined
  // Of the chain as it is; undefined until somebody asks.
  #messages: readonly DialogMessage[] | undefined
  #cost: Cost | undefined
  #topPrompt: Prompt | undefined
  #topPath: string | undefined

  constructor(options: DialogOptions = {}, beginning?: Beginning) {
    const { host = defaultHost(), onEvent, owner } = options
    const { facts, parent, link, cost, messages, topPrompt, topPath } = beginning ?? empty
    this.#host = host
    this.id = options.id ?? newId(host)
    this.sessionName = options.sessionName ?? newSessionName(host)
    this.owner = owner
    for (const name of ['id', 'sessionName', 'owner'] as const) checkName(name, this[name])
    this.tree = treeNode(this, facts, this.#children, parent)
    this.#onEvent = onEvent
    this.#link = link
    this.#cost = cost
    this.#messages = messages
    this.#topPrompt = topPrompt
    this.#topPath = topPath
    if (parent instanceof LinkedDialog) parent.#children.push(this)
    if (!beginning) this.#tellOfOpening()
  }

  static fromJSON(json: unknown, options: FromJSONOptions = {}): Dialog {
    const { id, sessionName, owner, link, facts, topPath } = readDialog(json)
    const topPrompt = topPath === undefined ? undefined : options.prompts?.(topPath)
    const { host, onEvent } = options
    const dialog = new LinkedDialog({ id, sessionName, owner, host, onEvent }, { facts, link, topPrompt, topPath })
    if (onEvent) {
      dialog.#tellOfOpening(topPath)
      for (const [index, message] of dialog.messages.entries()) dialog.#tellOfMessage(message, index)
    }
    return dialog
  }

  get messages(): readonly DialogMessage[] {
    this.#messages ??= messagesOf(this.#link)
    return this.#messages
  }

  get length(): number {
    return this.#link?.length ?? 0
  }

  get head(): DialogMessage | undefined {
    return this.#link?.first
  }

  get tail(): DialogMessage | undefined {
    return this.#link?.message
  }

  get topPrompt(): Prompt | undefined {
    return this.#topPrompt
  }

  get cost(): Cost {
    this.#cost ??= costOf(this.messages)
    return this.#cost
  }

  append(draft: MessageDraft): DialogMessage {
    return this.#add(draft)
  }

  putText(text: string, options: PutOptions = {}): DialogMessage {
    if (typeof text !== 'string') throw new InputError(`putText takes a text, not ${shown(text)}.`)
    return this.#add(draftOf(text, options))
  }

  putPrompt(
    prompt: Prompt | string,
    args: Readonly<Record<string, unknown>> = {},
    options: PutOptions = {}
  ): DialogMessage {
    const asked = typeof prompt === 'string' ? createPrompt(prompt) : prompt
    return this.#add(draftOf(asked.render(args), options), asked)
  }

  putImage(
    source: AttachmentSource,
    options: PutOptions & AttachmentOptions & { readonly caption?: string } = {}
  ): Promise<DialogMessage> {
    return this.#attach('image', source, options)
  }

  putFile(
    source: AttachmentSource,
    options: PutOptions & AttachmentOptions & { readonly caption?: string } = {}
  ): Promise<DialogMessage> {
    return this.#attach('file', source, options)
  }

  fork(options: ForkOptions = {}): Dialog {
    const { id, owner = this.owner, linked = true } = options
    const { link, lastN, firstK } = selected(this.#link, options.lastN ?? 0, options.firstK ?? 1)
    const parentId = linked ? this.id : undefined
    const depth = linked ? this.tree.depth + 1 : 0
    const whole = link === this.#link
    const child = new LinkedDialog(
      { id, sessionName: this.sessionName, owner, host: this.#host, onEvent: linked ? this.#onEvent : undefined },
      {
        facts: { parentId, depth, splitPoint: this.length, lastN, firstK },
        parent: linked ? this : undefined,
        link,
        ...(whole ? { messages: this.#messages, cost: this.#cost } : {}),
        topPrompt: this.#topPrompt,
        topPath: this.#topPath
      }
    )
    if (linked) child.#tellOfFork()
    return child
  }

  overview(options: { readonly removeTail?: boolean; readonly maxLength?: number } = {}): string {
    return overviewOf(this.messages, options)
  }

  treeOverview(): string {
    return treeOverviewOf(this)
  }

  toJSON(): JsonObject {
    return dialogJson(this, this.#topPath)
  }

  #add(draft: unknown, prompt?: Prompt): DialogMessage {
    const message = ownMessage(draft, () => newId(this.#host))
    this.#link = linked(this.#link, message)
    this.#messages = undefined
    if (this.#cost) this.#cost = costOf([message], this.#cost)
    if (prompt) {
      this.#topPrompt = prompt
      this.#topPath = prompt.path
    }
    this.#tellOfMessage(message, this.length - 1, prompt && (prompt.path ?? null))
    return message
  }

  #attach(
    kind: 'image' | 'file',
    source: AttachmentSource,
    options: PutOptions & AttachmentOptions & { readonly caption?: string }
  ): Promise<DialogMessage> {
    const { caption, mediaType, filename, detail, maxBytes, ...putOptions } = options
    const add = (part: ContentPart): DialogMessage => {
      if ((part.type === 'image_url') !== (kind === 'image')) {
        const [method, takes] = kind === 'image' ? ['putFile', 'a picture'] : ['putImage', 'a PDF or sound']
        throw new InputError(`put${kind === 'image' ? 'Image' : 'File'} takes ${takes}: use ${method} for this source.`)
      }
      return this.#add(draftOf(caption ? [{ type: 'text', text: caption }, part] : [part], putOptions))
    }
    try {
      const part = attachmentPart(source, { mediaType, filename, detail, maxBytes })
      return part instanceof Promise ? part.then(add) : Promise.resolve(add(part))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #tellOfOpening(prompt_path?: string): void {
    const { id: dialog_id, sessionName: session_name, owner } = this
    const data = { dialog_id, session_name, ...present({ owner, prompt_path }) }
    this.#onEvent?.({ type: 'dialog.opened', data })
  }

  #tellOfFork(): void {
    const { id: dialog_id, owner, tree } = this
    const { parentId: parent_id = '', splitPoint: split_point, lastN: last_n, firstK: first_k } = tree
    const data = { dialog_id, parent_id, split_point, last_n, first_k, ...present({ owner }) }
    this.#onEvent?.({ type: 'dialog.forked', data })
  }

  #tellOfMessage(message: DialogMessage, index: number, prompt_path?: string | null): void {
    const data = { dialog_id: this.id, index, message, ...present({ prompt_path }) }
    const actor = message.role === 'assistant' || message.role === 'user' ? message.name : undefined
    this.#onEvent?.({ type: 'message.appended', data, ...(actor ? { actor } : {}) })
  }
}

export const Dialog: DialogConstructor = LinkedDialog

/** A dialog that was there before, of which nobody is told. */
export function loadedDialog(options: DialogOptions, beginning: Beginning): Dialog {
  return new LinkedDialog(options, beginning)
}

function draftOf(
  content: string | readonly ContentPart[],
  { role = 'user', name, metadata }: PutOptions
): MessageDraft {
  return { role, content, name, metadata }
}

function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}

/** `YYYYMMDD_HHMMSS_xxxxxx`: the time in UTC, and six hexadecimal digits. */
function newSessionName(host: Pick<Host, 'now' | 'random'>): string {
  const time = new Date(host.now()).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '_')
  const digits = Math.floor(host.random() * 0x1000000).toString(16)
  return `${time}_${digits.padStart(6, '0')}`
}

function checkName(name: string, value: unknown): void {
  if (value === undefined && name === 'owner') return
  if (typeof value !== 'string' || value === '') {
    throw new InputError(`The dialog's ${name} must be a text, not ${shown(value)}.`)
  }
}
