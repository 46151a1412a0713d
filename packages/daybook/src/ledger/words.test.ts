import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diffWords, type WordChange } from './words.js'

const side = (changes: readonly WordChange[], left: 'removed' | 'added'): string =>
  changes
    .filter(({ type }) => type !== left)
    .map(({ text }) => text)
    .join('')

/** `-removed` and `+added` in brackets. */
const shown = (before: string, after: string): string =>
  diffWords(before, after)
    .map(({ type, text }) => (type === 'same' ? text : `[${type === 'removed' ? '-' : '+'}${text}]`))
    .join('')

function expectWhole(before: string, after: string): void {
  const changes = diffWords(before, after)
  expect(side(changes, 'added') === before, 'what was there is all there').toBe(true)
  expect(side(changes, 'removed') === after, 'what is there now is all there').toBe(true)
  changes.forEach(({ type, text }, index) => {
    expect(text).not.toBe('')
    expect(type).not.toBe(changes[index - 1]?.type)
    if (type === 'removed') expect(changes[index - 1]?.type).not.toBe('added')
  })
}

describe('the words of two texts', () => {
  test('that are the same do not differ, and nothing differs from nothing', () => {
    expect(diffWords('The sky is blue.', 'The sky is blue.')).toEqual([{ type: 'same', text: 'The sky is blue.' }])
    expect(diffWords('', '')).toEqual([])
    expect(diffWords('', 'one two')).toEqual([{ type: 'added', text: 'one two' }])
    expect(diffWords('one two', '')).toEqual([{ type: 'removed', text: 'one two' }])
  })

  test('differ in the words that were changed, with their spaces', () => {
    expect(shown('The sky is blue today.', 'The sky is grey today.')).toBe('The sky is[- blue][+ grey] today.')
    expect(shown('The sky.', 'The sky is blue.')).toBe('The sky[+ is blue].')
    expect(shown('a, b and c', 'a and c')).toBe('a[-, b] and c')
    expect(shown('one  two', 'one two')).toBe('one[-  two][+ two]')
    expect(shown('x = foo_1;', 'x = foo_2;')).toBe('x =[- foo_1][+ foo_2];')
  })

  test('are signs where a script does not part them by spaces', () => {
    expect(shown('天空是蓝色的。', '天空是灰色的。')).toBe('天空是[-蓝][+灰]色的。')
    expect(shown('空は青いです', '空は赤いです')).toBe('空は[-青][+赤]いです')
    expect(shown('하늘은 파란 색입니다', '하늘은 붉은 색입니다')).toBe('하늘은[- 파란][+ 붉은] 색입니다')
    expect(shown('ท้องฟ้าสีฟ้า', 'ท้องฟ้าสีเทา')).toMatch(/^ท้องฟ้าสี/)
    expect(shown('use GPT模型', 'use BERT模型')).toBe('use[- GPT][+ BERT]模型')
  })

  test('are kept whole: accents, signs of two halves, halves that are alone', () => {
    expect(shown('cafe\u0301 😀', 'cafe\u0300 😁')).toBe('[-cafe\u0301 😀][+cafe\u0300 😁]')
    for (const [before, after] of [
      ['\ud83d', '\ud83d\ude00'],
      ['a \ud800 b', 'a \udc00 b']
    ] as const) {
      expectWhole(before, after)
    }
  })

  test('join back to both texts, whatever they are', () => {
    const vocabulary = fc.constantFrom('a', 'b', ' ', '\n', ' the', 'sky', '.', '蓝', '😀', '\ud83d', '\u0301', '\t\n ')
    const text = fc.oneof(
      fc.array(vocabulary, { maxLength: 60 }).map(words => words.join('')),
      fc.string()
    )
    fc.assert(fc.property(text, text, expectWhole), { numRuns: 2000 })
  })

  test('are as few as can be', () => {
    // Against the table of all prefixes, which is right and slow.
    const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }).map(all => all.map(one => ` ${one}`))
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
        for (let x = a.length - 1; x >= 0; x--) {
          for (let y = b.length - 1; y >= 0; y--) {
            const next = (dx: number, dy: number) => table[x + dx]?.[y + dy] ?? 0
            ;(table[x] as number[])[y] = a[x] === b[y] ? 1 + next(1, 1) : Math.max(next(1, 0), next(0, 1))
          }
        }
        const same = diffWords(a.join(''), b.join('')).filter(({ type }) => type === 'same')
        expect(same.map(({ text }) => text).join('').length / 2).toBe(table[0]?.[0])
      }),
      { numRuns: 1000 }
    )
  })
})

describe('long texts', () => {
  const words = (count: number, from = 0): string => Array.from({ length: count }, (_, n) => `w${from + n}`).join(' ')

  test('with one word changed differ in that word', () => {
    const before = words(100_000)
    const after = before.replace(' w50000 ', ' other ')
    expect(diffWords(before, after).filter(({ type }) => type !== 'same')).toEqual([
      { type: 'removed', text: ' w50000' },
      { type: 'added', text: ' other' }
    ])
    expectWhole(before, after)
  })

  test('that have too little in common differ by lines, and else in all between their ends', () => {
    const [a, b] = [words(3000), words(3000, 5000)]
    expect(diffWords(`${a}\nkept line\n${a}\n`, `${b}\nkept line\n${b}\n`).map(({ type }) => type)).toEqual([
      ...['removed', 'added', 'same', 'removed', 'added', 'same']
    ])
    expect(diffWords(`first ${a} last`, `first ${b} last`).map(({ type, text }) => [type, text.length])).toEqual([
      ['same', 5],
      ['removed', a.length + 1],
      ['added', b.length + 1],
      ['same', 5]
    ])
  })

  test('of millions of signs are still compared, and no sign is cut in half', () => {
    const big = 'x'.repeat(20_000_000)
    const changes = diffWords(`${big}😀${big}`, `${big}😁${big}`)
    expect(changes.map(({ type, text }) => [type, text.length])).toEqual([
      ['same', 20_000_000],
      ['removed', 2],
      ['added', 2],
      ['same', 20_000_000]
    ])
    expectWhole(' \n'.repeat(600_000), '\n '.repeat(600_000))
    expectWhole(' '.repeat(900_000), `${' '.repeat(900_000)}x`)
  })
})
