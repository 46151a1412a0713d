import { expect, test } from 'vitest'
import { Dialog } from './dialog.js'

test('a dialog keeps what is put into it, in order', () => {
  const dialog = new Dialog()
  dialog.putText('Be brief.', { role: 'system' })
  dialog.putText('Hello')
  dialog.append({ role: 'assistant', content: 'Hi' })
  expect(dialog.messages.map(({ role, content }) => [role, content])).toEqual([
    ['system', 'Be brief.'],
    ['user', 'Hello'],
    ['assistant', 'Hi']
  ])
  expect(dialog.length).toBe(3)
  expect(dialog.head).toBe(dialog.messages[0])
  expect(dialog.tail).toBe(dialog.messages[2])
})
