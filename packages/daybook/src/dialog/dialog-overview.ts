/** Dialogs for a person to read: a line for each message, and a line for each dialog of a tree. */
import type { ContentPart } from '../llm/llm.js'
import type { Dialog } from './dialog.js'
import type { DialogMessage } from './message.js'

/** A tree may be deeper than any screen is wide. */
const maxIndent = 50

export function overviewOf(
  messages: readonly DialogMessage[],
  { removeTail = false, maxLength = 100 }: { readonly removeTail?: boolean; readonly maxLength?: number }
): string {
  const shown = removeTail ? messages.slice(0, -1) : messages
  return shown.map((message, index) => messageLine(message, index, maxLength)).join('\n')
}

function messageLine(message: DialogMessage, index: number, maxLength: number): string {
  const { role, name, content, tool_calls = [], refusal } = message
  const parts =
    typeof content === 'string' ? [cut(content, maxLength)] : (content ?? []).map(part => named(part, maxLength))
  if (refusal) parts.push(`[refusal ${cut(refusal, maxLength)}]`)
  for (const call of tool_calls) {
    parts.push(`[call ${cut(call.function.name, maxLength)}(${cut(call.function.arguments, maxLength)})]`)
  }
  return `${index}. ${role}${name ? ` (${cut(name, maxLength)})` : ''}: ${parts.join(' ')}`.trimEnd()
}

/** A text as it is, anything else by its kind: bytes tell a person nothing. */
function named(part: ContentPart, maxLength: number): string {
  const { type, text, image_url, file, input_audio } = part as Readonly<Record<string, unknown>> & ContentPart
  if (type === 'text') return cut(String(text), maxLength)
  if (type === 'image_url') {
    const { url } = image_url as { url: string }
    return `[image ${url.startsWith('data:') ? url.slice(5, url.indexOf(';')).slice(0, 40) : cut(url, maxLength)}]`
  }
  if (type === 'file')
    return `[file ${cut(String((file as { filename?: unknown } | undefined)?.filename ?? ''), maxLength)}]`
  if (type === 'input_audio') {
    return `[sound ${cut(String((input_audio as { format?: unknown } | undefined)?.format ?? ''), maxLength)}]`
  }
  return `[${cut(type, maxLength)}]`
}

/** In one line, at most so many characters and `…`, and no half of a character. */
function cut(text: string, maxLength: number): string {
  const line = text.slice(0, maxLength).replace(/\s/g, ' ')
  return text.length > maxLength ? `${line.replace(/[\uD800-\uDBFF]$/, '')}…` : line
}

/** From the topmost dialog that is linked to this one. */
export function treeOverviewOf(dialog: Dialog): string {
  let root = dialog
  while (root.tree.parent) root = root.tree.parent
  const lines: string[] = []
  const waiting = [root]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { id, owner, length, tree } = next
    const split = tree.isRoot ? '' : ` split@${tree.splitPoint}`
    const indent = '  '.repeat(Math.min(tree.depth - root.tree.depth, maxIndent))
    lines.push(`${indent}${cut(id, 60)} owner=${cut(owner ?? '-', 60)} msgs=${length}${split}`)
    for (const child of [...tree.children].reverse()) waiting.push(child)
  }
  return lines.join('\n')
}
