// Every test file in Node: a test that tried to leave this machine fails, and so does one whose child did.
import { afterAll, afterEach } from 'vitest'
import { noteSeparately, takeNotes } from './loopback-only.mjs'

noteSeparately()

function check() {
  const notes = takeNotes()
  if (notes.length > 0) throw new Error(`Tests may connect to this machine only. Attempted: ${notes.join(', ')}`)
}

afterEach(check)
afterAll(check)
