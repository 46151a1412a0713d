import { expect, test } from 'vitest'
import { bytes, columns, count, duration, money, oneLine, plain, wrapped } from './format.js'
import { painter } from './paint.js'

test('money has three significant digits, and an unknown price is a dash and never 0', () => {
  expect([0.0123456, 0.0000123456, 0.5, 1.2, 12.345, 123.4, 0].map(usd => money(usd))).toEqual([
    '$0.0123',
    '$0.0000123',
    '$0.5',
    '$1.20',
    '$12.35',
    '$123',
    '$0'
  ])
  expect(money(null)).toBe('–')
  expect(money(0.0123, { estimated: true })).toBe('≈ $0.0123')
  expect(money(0, { estimated: true })).toBe('$0')
})

test('tokens, times and sizes keep three significant digits', () => {
  expect([0, 412, 1234, 45_600, 999_999, 1_234_567].map(count)).toEqual([
    '0',
    '412',
    '1.23k',
    '45.6k',
    '1.00M',
    '1.23M'
  ])
  expect([3, 412, 999.9, 2134, 59_949, 72_000, 3_700_000].map(duration)).toEqual([
    '3 ms',
    '412 ms',
    '1.00 s',
    '2.13 s',
    '59.9 s',
    '1 min 12 s',
    '1 h 1 min'
  ])
  expect([12, 3_100, 3_140_000, 2_000_000_000].map(bytes)).toEqual(['12 B', '3.1 kB', '3.14 MB', '2 GB'])
})

test('what a model says cannot move the cursor, rename the window or turn the line around', () => {
  expect(plain('a\u001B[2Jb\u001B]0;title\u0007c\u001B]8;;http://x\u001B\\d\u202Ee\u0007\rf\u009Bg')).toBe('abcde\nfg')
})

test('one line is cut at its width and never inside a character', () => {
  expect(oneLine('a\n b   c', 10)).toBe('a b c')
  expect(oneLine('🚌🚌🚌🚌', 6)).toBe('🚌🚌…')
  expect(oneLine('x'.repeat(1_000_000), 4)).toBe('xxx…')
})

test('answers wrap at spaces, keep their paragraphs, and break what is longer than a line', () => {
  expect(wrapped('one two three\n\nfour', 8)).toEqual(['one two', 'three', '', 'four'])
  expect(wrapped('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
})

test('columns are as wide as their widest cell', () => {
  expect(
    columns(
      [
        ['a', '1'],
        ['bcd', '23']
      ],
      [1]
    )
  ).toEqual(['a     1', 'bcd  23'])
})

test('colours are for terminals without NO_COLOR', () => {
  expect(painter(true, {})('error', 'x')).toBe('\u001B[31mx\u001B[39m')
  expect(painter(true, { NO_COLOR: '1' })('error', 'x')).toBe('x')
  expect(painter(false, {})('error', 'x')).toBe('x')
})
