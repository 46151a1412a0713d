/** Dialogs as chains of messages: a fork holds on to its parent's chain and adds links of its own. */
import { InputError, shown } from '../errors.js'
import { defaultHost, type Host, newId } from '../host.js'
import type { JsonObject } from '../json.js'
import type { ContentPart } from '../llm/llm.js'
import { type AttachmentSource, attachmentPart } from './attachment.js'
import { type Cost, costOf } from './cost.js'
import type {
  AttachOptions,
  Dialog,
  DialogOptions,
  ForkOptions,
  FromJSONOptions,
  PutOptions,
  TreeNode
} from './dialog.js'
import { forkedDraft, messageDraft, openedDraft } from './dialog-drafts.js'
import { dialogJson, readDialog } from './dialog-json.js'
import { overviewOf, treeOverviewOf } from './dialog-overview.js'
import { type NodeFacts, rootFacts, treeNode } from './dialog-tree.js'
import { type DialogMessage, type MessageDraft, ownMessage } from './message.js'
import { type Link, linked, messagesOf, selected } from './message-chain.js'
import { createPrompt, type Prompt } from './prompt.js'

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

export class LinkedDialog implements Dialog {
  readonly id: string
  readonly sessionName: string
  readonly owner: string | undefined
  readonly tree: TreeNode
  readonly #host: Pick<Host, 'now' | 'random' | 'id'>
  readonly #children: Dialog[] = []
  readonly #onEvent: DialogOptions['onEvent']
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
    if (!beginning) onEvent?.(openedDraft(this))
  }

  static fromJSON(json: unknown, options: FromJSONOptions = {}): Dialog {
    const { id, sessionName, owner, link, facts, topPath } = readDialog(json)
    const topPrompt = topPath === undefined ? undefined : options.prompts?.(topPath)
    const { host, onEvent } = options
    const dialog = new LinkedDialog({ id, sessionName, owner, host, onEvent }, { facts, link, topPrompt, topPath })
    if (onEvent) {
      onEvent(openedDraft(dialog, topPath))
      for (const [index, message] of dialog.messages.entries()) onEvent(messageDraft(id, index, message))
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

  putImage(source: AttachmentSource, options: AttachOptions = {}): Promise<DialogMessage> {
    return this.#attach('image', source, options)
  }

  putFile(source: AttachmentSource, options: AttachOptions = {}): Promise<DialogMessage> {
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
    if (linked) this.#onEvent?.(forkedDraft(child))
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
    this.#onEvent?.(messageDraft(this.id, this.length - 1, message, prompt && (prompt.path ?? null)))
    return message
  }

  #attach(kind: 'image' | 'file', source: AttachmentSource, options: AttachOptions): Promise<DialogMessage> {
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
}

function draftOf(
  content: string | readonly ContentPart[],
  { role = 'user', name, metadata }: PutOptions
): MessageDraft {
  return { role, content, name, metadata }
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
