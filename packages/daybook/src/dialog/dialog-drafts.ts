/** What a ledger is told of a dialog. */
import type { EventDraft } from '../ledger/event.js'
import type { Dialog } from './dialog.js'
import type { DialogMessage } from './message.js'

export function openedDraft(dialog: Dialog, prompt_path?: string): EventDraft {
  const { id: dialog_id, sessionName: session_name, owner } = dialog
  return { type: 'dialog.opened', data: { dialog_id, session_name, ...present({ owner, prompt_path }) } }
}

export function forkedDraft({ id: dialog_id, owner, tree }: Dialog): EventDraft {
  const { parentId: parent_id = '', splitPoint: split_point, lastN: last_n, firstK: first_k } = tree
  return {
    type: 'dialog.forked',
    data: { dialog_id, parent_id, split_point, last_n, first_k, ...present({ owner }) }
  }
}

/** The one who speaks is the actor; a tool's result and an instruction are put by whoever records them. */
export function messageDraft(
  dialog_id: string,
  index: number,
  message: DialogMessage,
  prompt_path?: string | null
): EventDraft {
  const actor = message.role === 'assistant' || message.role === 'user' ? message.name : undefined
  return {
    type: 'message.appended',
    data: { dialog_id, index, message, ...present({ prompt_path }) },
    ...(actor ? { actor } : {})
  }
}

function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}
