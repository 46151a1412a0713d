import { expect, test } from 'vitest'
import { Dialog } from './dialog.js'
import type { DialogMessage } from './message.js'
import { cutBack, type Link, linked, messagesOf } from './message-chain.js'

const message = (id: number): DialogMessage => ({ id: `${id}`, role: 'user', content: 'x' })

function chain(length: number): Link[] {
  const links: Link[] = []
  for (let id = 0; id < length; id++) links.push(linked(links.at(-1), message(id)))
  return links
}

test('a chain is cut back to any length', () => {
  const links = chain(300)
  for (let length = 0; length <= 300; length++) expect(cutBack(links.at(-1), length)).toBe(links[length - 1])
  expect(cutBack(links.at(-1), 500)).toBe(links.at(-1))
  expect(cutBack(undefined, 3)).toBe(undefined)
})

test('any link is found in a logarithm of steps', () => {
  const links = chain(65_536)
  let most = 0
  for (let length = 1; length <= 65_536; length += 101) {
    let steps = 0
    const target = links[length - 1] as Link
    for (let at = links.at(-1) as Link; at !== target; steps++) {
      at = ((at.jump?.length ?? 0) >= length ? at.jump : at.before) as Link
    }
    most = Math.max(most, steps)
  }
  expect(most).toBeLessThanOrEqual(3 * 16)
})

test('the messages of a chain stay as they are when another link is added to its middle', () => {
  const links = chain(5)
  const other = linked(links[2], message(9))
  expect(messagesOf(other).map(({ id }) => id)).toEqual(['0', '1', '2', '9'])
  expect(messagesOf(links[4]).map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4'])
  expect(other.first).toBe(links[0]?.message)
  expect(messagesOf(undefined)).toEqual([])
})

test('a result of a tool is never torn from its call', () => {
  const call = { id: 'c', type: 'function', function: { name: 'tide', arguments: '{}' } } as const
  const dialog = new Dialog()
  dialog.putText('Be brief.', { role: 'system' })
  dialog.putText('The tide in Dover and Calais?')
  dialog.append({ role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'd' }] })
  dialog.append({ role: 'tool', tool_call_id: 'c', content: '4 m' })
  dialog.append({ role: 'tool', tool_call_id: 'd', content: '6 m' })
  dialog.append({ role: 'assistant', content: '4 and 6 m.' })
  const roles = (lastN: number, firstK: number) =>
    dialog
      .fork({ lastN, firstK })
      .messages.map(({ role }) => role.slice(0, 1))
      .join('')
  expect(roles(1, 1)).toBe('sa')
  expect(roles(2, 1)).toBe('satta')
  expect(roles(3, 0)).toBe('atta')
  expect(roles(1, 3)).toBe('suatta')
  expect(roles(1, 2)).toBe('sua')
  const { lastN, firstK } = dialog.fork({ lastN: 2 }).tree
  expect([lastN, firstK]).toEqual([4, 1])
})
