import { expect, test } from 'vitest'
import { InputError, ParserError } from '../errors.js'
import { fencedBlocks } from './fences.js'
import { type TagParserOptions, type TagParserOutput, tagParser } from './parser.js'

function parsed(text: string, options: TagParserOptions): TagParserOutput {
  return tagParser(options).parse(text) as TagParserOutput
}

function failure(text: string, options: TagParserOptions): string {
  try {
    parsed(text, options)
  } catch (error) {
    expect(error).toBeInstanceOf(ParserError)
    return (error as Error).message
  }
  throw new Error('nothing was missing')
}

test('tags are found with their attributes, which are no content', () => {
  const text = '<a x="1" y=\'>\' z = "</a>" w=3 on>one</a> <a\n>two</a><ab>no</ab><a/><a x="/"/>'
  expect(parsed(text, { xmlTags: ['a'] }).xmlTags).toEqual({ a: ['one', 'two'] })
  expect(failure('<a x=">1</a>', { xmlTags: ['a'] })).toContain('<a>')
  expect(failure('<a b"c">1</a>', { xmlTags: ['a'] })).toContain('<a>')
})

test('an element ends at the first closing tag; what is in it is found by its own name too', () => {
  const { xmlTags } = parsed('<a> <a>1 <b>2</b></a></a> <a>3</a>', { xmlTags: ['a', 'b'] })
  expect(xmlTags).toEqual({ a: [' <a>1 <b>2</b>', '3'], b: ['2'] })
})

test('names are compared as they are', () => {
  expect(parsed('<a.b>dot</a.b><axb>no</axb>', { xmlTags: ['a.b'] }).xmlTags).toEqual({ 'a.b': ['dot'] })
  expect(parsed('<__proto__>x</__proto__>', { xmlTags: ['__proto__'] }).xmlTags).toEqual(
    Object.fromEntries([['__proto__', ['x']]])
  )
  expect(parsed('```c++\nx\n```', { mdTags: ['c++'] }).mdTags).toEqual({ 'c++': ['x'] })
})

test('a block is found by its exact language', () => {
  const text = '```python3\n3\n```\n```python\n1\n```\nand ```json {"a":1} ``` ```json{"b":2}```\n~~~'
  expect(parsed(text, { mdTags: ['python', 'json'] }).mdTags).toEqual({
    python: ['1'],
    json: ['{"a":1}', '{"b":2}']
  })
  expect(failure('```py\n1\n```', { mdTags: ['python'] })).toContain('python')
  expect(parsed('```\nplain\n```', { mdTags: [''] }).mdTags).toEqual({ '': ['plain'] })
})

test('backticks in a block do not end it unless they end a line', () => {
  expect(parsed('```json\n{"a":"```"}\n```', { mdTags: ['json'] }).mdTags).toEqual({ json: ['{"a":"```"}'] })
  expect(parsed('```json\n{"a":1}```\nmore', { mdTags: ['json'] }).mdTags).toEqual({ json: ['{"a":1}'] })
  expect(parsed('  ```json\r\n  {}\r\n  ```  \r\nmore', { mdTags: ['json'] }).mdTags).toEqual({ json: ['{}'] })
  expect(parsed('```md\nsay ```x``` now\n```', { mdTags: ['md'] }).mdTags).toEqual({ md: ['say ```x``` now'] })
})

test('a block may hold others, in a longer fence or with a language', () => {
  const longer = '````md\n```json\n{}\n```\n```\n````'
  expect(parsed(longer, { mdTags: ['md'] }).mdTags).toEqual({ md: ['```json\n{}\n```\n```'] })
  expect(failure(longer, { mdTags: ['json'] })).toContain('json')
  const nested = '```md\n```js\n1\n```\n2\n```\n```js\n3\n```'
  expect(parsed(nested, { mdTags: ['md', 'js'] }).mdTags).toEqual({ md: ['```js\n1\n```\n2'], js: ['3'] })
  // Nobody closes the outer one, so it is none.
  expect(parsed('```md\n```js\n1\n```\n', { mdTags: ['js'] }).mdTags).toEqual({ js: ['1'] })
})

test('signals are words in angle brackets', () => {
  expect(parsed('so <DONE>', { signalTags: ['DONE', 'done', 'GO ON'] }).signalTags).toEqual({
    DONE: true,
    done: false,
    'GO ON': false
  })
})

test('what must be there is missing with a line for each, once', () => {
  const message = failure('<a>1</a>', {
    xmlTags: ['a', 'b'],
    requiredXmlTags: ['b', 'c'],
    mdTags: ['json'],
    requiredMdTags: ['md']
  })
  const [head, ...rest] = message.split('\n')
  expect(head).toBe('Parsing errors:')
  expect(rest).toHaveLength(4)
  for (const [line, name] of rest.entries()) expect(name).toContain(['<b>', '<c>', '```json', '```md'][line])
  expect(parsed('<a>1</a>', { requiredXmlTags: ['a'] }).xmlTags).toEqual({ a: ['1'] })
})

test('a name that no tag can have is refused', () => {
  for (const options of [{ xmlTags: ['<a>'] }, { xmlTags: [''] }, { mdTags: ['a b'] }, { signalTags: ['>'] }]) {
    expect(() => tagParser(options), JSON.stringify(options)).toThrow(InputError)
  }
})

/** Characters that were looked at: one by one, in a search, or in a copy. */
function work(run: () => void): number {
  let sum = 0
  const { charCodeAt, indexOf, slice, trim, includes } = String.prototype
  const counting = {
    charCodeAt(this: string, at: number) {
      sum++
      return charCodeAt.call(this, at)
    },
    indexOf(this: string, part: string, from = 0) {
      const found = indexOf.call(this, part, from)
      sum += (found === -1 ? this.length : found) - Math.min(from, this.length) + 1
      return found
    },
    includes(this: string, part: string) {
      sum += this.length
      return includes.call(this, part)
    },
    slice(this: string, from?: number, to?: number) {
      const part = slice.call(this, from, to)
      sum += part.length
      return part
    },
    trim(this: string) {
      sum += this.length
      return trim.call(this)
    }
  }
  Object.assign(String.prototype, counting)
  try {
    run()
  } finally {
    Object.assign(String.prototype, { charCodeAt, indexOf, slice, trim, includes })
  }
  return sum
}

const hostile: Record<string, (length: number) => string> = {
  'openings that nobody closes': n => '<a>'.repeat(n / 3),
  'openings without an end': n => '<a '.repeat(n / 3),
  'quotes that nobody closes': n => '<a x="'.repeat(n / 6),
  'quotes in quotes': n => `<a x="<a y='`.repeat(n / 12),
  'quotes that open and close': n => '<a x="" ="'.repeat(n / 10),
  'one pair many times': n => '<a></a>'.repeat(n / 7),
  'closings alone': n => '</a>'.repeat(n / 4),
  'angle brackets': n => '<'.repeat(n),
  'brackets of another kind': n => '['.repeat(n),
  'backticks in one line': n => '`'.repeat(n),
  'lines of backticks': n => '```\n'.repeat(n / 4),
  'lines of more and more backticks': n => {
    let text = ''
    for (let ticks = 3; text.length < n; ticks++) text += `${'`'.repeat(ticks)}x\n`
    return text
  },
  'blocks in blocks': n => '```a\n'.repeat(n / 5),
  'blocks in one line': n => '```a b``` '.repeat(n / 10),
  'fewer backticks in a line of many': n => `${'`'.repeat(n / 2)}x${'```y'.repeat(n / 8)}`
}

test('the work grows as the text does, however it is written', () => {
  const parser = tagParser({ xmlTags: ['a', 'b'], mdTags: ['a', 'json'], signalTags: ['DONE'] })
  for (const [name, make] of Object.entries(hostile)) {
    const [small = 0, large = 0] = [25_000, 100_000].map(length => {
      const text = make(length)
      return work(() => expect(() => parser.parse(text)).toThrow(ParserError)) / text.length
    })
    expect(large, name).toBeLessThan(30)
    expect(large / small, name).toBeLessThan(1.2)
  }
})

test('the counter sees work that is not linear', () => {
  const each = (length: number) =>
    work(() => {
      const text = '<'.repeat(length)
      for (let at = 0; at < length; at += 100) text.indexOf('>', at)
    }) / length
  expect(each(40_000) / each(10_000)).toBeGreaterThan(3)
})

test('the places of blocks are those of their backticks', () => {
  const text = 'x ```a\n1\n```\ny ````b 2 ```` z'
  expect(fencedBlocks(text).map(({ start, end }) => text.slice(start, end))).toEqual(['```a\n1\n```', '````b 2 ````'])
})
