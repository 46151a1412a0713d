import { test } from 'vitest'

// Reserved for documentation: nothing ever answers there.
const elsewhere = 'http://192.0.2.1/'

// These fail after the test, by the set-up file: that they fail is what is tested.
test.fails('a test that asks another machine fails, even where the error was swallowed', async () => {
  await fetch(elsewhere).catch(() => {})
})

test.fails('a test that asks by a name fails too', async () => {
  await fetch('http://example.invalid/').catch(() => {})
})
