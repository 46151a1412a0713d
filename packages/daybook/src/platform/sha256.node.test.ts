/** The portable hash gives what Node's gives, whatever the text and however long it is. */
import { expect, test } from 'vitest'
import { sha256 } from './memory.js'
import { sha256 as nodes } from './node.js'

test('every length around the ends of blocks, and a long text', () => {
  const texts = [...Array(200).keys()].map(length => 'a'.repeat(length))
  for (const text of [...texts, 'x'.repeat(1_000_003), 'é€😀'.repeat(77), '\ud800 half a character', '\0'.repeat(64)]) {
    expect(sha256(text)).toBe(nodes(text))
    expect(sha256(text, 'base64url')).toBe(nodes(text, 'base64url'))
  }
})
