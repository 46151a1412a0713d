import { AuthenticationError, LedgerWriteError } from 'daybook/errors'
import { expect, test } from 'vitest'
import { failureLine, problemLine, stackOf, withoutKeys } from './failures.js'

test('a failure is one line: what failed, what to do, where the ledger is', () => {
  const error = new AuthenticationError('The API key for Anthropic was not accepted', {
    hint: 'Set ANTHROPIC_API_KEY.'
  })
  expect(failureLine(error, '.daybook/ledgers/run-1.jsonl')).toBe(
    'daybook: The API key for Anthropic was not accepted. Set ANTHROPIC_API_KEY. Ledger: .daybook/ledgers/run-1.jsonl'
  )
  expect(failureLine('thrown text')).toBe('daybook: Something that is no error was thrown: "thrown text"')
})

test('a long message is cut, never the place of the ledger, and never past 200 characters', () => {
  const line = problemLine(`${'word '.repeat(100)}\nsecond line`, `/somewhere/${'deep/'.repeat(8)}run.jsonl`)
  expect(line.length).toBeLessThanOrEqual(200)
  expect(line).not.toContain('\n')
  expect(line.endsWith('run.jsonl')).toBe(true)
  expect(problemLine('🚌'.repeat(300)).length).toBeLessThanOrEqual(200)
})

test('the stack names the causes and no key', () => {
  const cause = new Error('inner sk-ant-abcdefghijklmnop')
  const stack = stackOf(new LedgerWriteError('outer', { cause }))
  expect(stack).toMatch(/outer[\s\S]+caused by Error: inner/)
  expect(stack).not.toContain('abcdefghijklmnop')
})

test('the value of a key is taken out of a text whatever its shape', () => {
  expect(withoutKeys('refused: plainvalue1 (twice plainvalue1)', { OPENAI_API_KEY: 'plainvalue1' })).toBe(
    'refused: ••• (twice •••)'
  )
  expect(withoutKeys('nothing', { OPENAI_API_KEY: undefined })).toBe('nothing')
})
