import { expect, test } from 'vitest'
import { bytes, cents, count, duration, grouped, rate, seconds, usd } from './numbers.js'

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ')

test('counts have three digits and a unit', () => {
  expect([0, 7, 812, 999, 1010, 12_400, 99_950, 1_380_000].map(count)).toEqual([
    '0',
    '7',
    '812',
    '999',
    '1.01k',
    '12.4k',
    '100k',
    '1.38M'
  ])
})

test('what is not known is a dash, and never a zero', () => {
  expect([
    count(null),
    usd(undefined),
    cents(null),
    duration(Number.NaN),
    rate(undefined),
    seconds(Number.NaN)
  ]).toEqual(Array(6).fill('–'))
  expect([count(0), usd(0), cents(0)]).toEqual(['0', '$0', '0'])
})

test('money', () => {
  expect(
    [0.0616, 0.0046, 0.188, 1.2, 12.34, 1234.5, 0.00043, 0.00004123, 0.0000004].map(value => plain(usd(value)))
  ).toEqual(['$0.0616', '$0.0046', '$0.188', '$1.20', '$12.3', '$1 235', '$0.00043', '$0.000041', '$0.0000004'])
  expect(plain(usd(0.0357, true))).toBe('≈ $0.0357')
  expect([0.0043, 0.00002, 1.5, 0.036].map(value => cents(value))).toEqual(['.0043', '<.0001', '1.500', '.0360'])
  expect(cents(0.036, true)).toBe('≈.0360')
})

test('durations', () => {
  expect([0, 812, 999.4, 999.6, 1240, 48_100, 99_960, 252_000, 7_500_000].map(ms => plain(duration(ms)))).toEqual([
    '0 ms',
    '812 ms',
    '999 ms',
    '1.00 s',
    '1.24 s',
    '48.1 s',
    '1 min 40 s',
    '4 min 12 s',
    '2 h 5 min'
  ])
})

test('the time column keeps its width', () => {
  expect([14, 13_840, 123_456, 1_234_567].map(seconds)).toEqual(['0.014', '13.840', '123.46', '1234.6'])
})

test('rates, sizes and groups', () => {
  expect(plain(rate(74.2))).toBe('74 tok/s')
  expect(plain(rate(7.31))).toBe('7.31 tok/s')
  expect([412, 11_200, 3_200_000].map(value => plain(bytes(value)))).toEqual(['412 B', '11.2 kB', '3.20 MB'])
  expect(plain(grouped(1_482_000))).toBe('1 482 000')
})
