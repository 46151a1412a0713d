import { expect, test } from 'vitest'
import { answered, asked } from './events.fixture.js'
import { strictWatch } from './strict.js'

const parent = [asked('q1', 'How far?'), answered('a1', 'q1'), asked('q2', 'How much?')]

test('a strict branch may ask what follows from the change and what is recorded, and nothing else', async () => {
  const look = strictWatch(parent, 'q1')
  expect(look(asked('q1', 'How near?'))).toBeUndefined()
  expect(look(answered('a9', 'q1'))).toBeUndefined()
  expect(look(asked('q9', 'Something new', 0, ['a9']))).toBeUndefined()
  expect(look(asked('q8', 'How much?'))).toBeUndefined()
  expect(look(asked('q7', 'From nowhere'))).toMatch(/no recording/)
})

test('where the options of the kit are changed, everything follows from them', async () => {
  const loaded = { ...asked('k', ''), type: 'kit.loaded' } as never
  const look = strictWatch([loaded, ...parent], 'k')
  expect(look(asked('q7', 'From nowhere'))).toBeUndefined()
})
