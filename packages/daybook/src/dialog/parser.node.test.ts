/** The tag parser on the recorded answers of the one that its users know. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fencedBlocks } from './fences.js'
import { type TagParserOutput, tagParser } from './parser.js'
import { xmlElements } from './tags.js'

interface Vectors {
  readonly cases: readonly {
    readonly input: string
    readonly parser: Readonly<Record<string, readonly string[] | undefined>>
    readonly output?: {
      readonly raw: string
      readonly xml_tags: object
      readonly md_tags: object
      readonly signal_tags: object
    }
    readonly error?: { readonly message: string }
  }[]
  readonly finders: readonly {
    readonly input: string
    readonly findXml: Readonly<Record<string, readonly string[]>>
    readonly findMd: Readonly<Record<string, readonly string[]>>
    readonly level1: readonly string[]
  }[]
}

const file = `${process.env.DAYBOOK_FIXTURES ?? '../shared/fixtures'}/lllm/tag-parser.json`
const vectors: Vectors | undefined = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
if (!vectors) console.warn('recorded answers not present')

/** Answered differently, on purpose: by input and what was asked for, with the reason and our answer (null: an error). */
const differently: Record<string, { readonly why: string; readonly xml?: object | null; readonly md?: object | null }> =
  {
    '<a x="1">attr</a> a': { why: 'a tag with attributes is found', xml: { a: ['attr'] } },
    '<a.b>dot</a.b><axb>no</axb> a.b': { why: 'a name is no regular expression', xml: { 'a.b': ['dot'] } },
    '```python3\nx\n``` python': { why: 'python3 is not python', md: null },
    '```json\n{"a":"```"}\n``` json': { why: 'backticks inside a line end no block', md: { json: ['{"a":"```"}'] } },
    '````json\nfour\n```` json': { why: 'a fence may be longer than three', md: { json: ['four'] } },
    '<a>1</a> required a': { why: 'a required tag need not be listed twice', xml: { a: ['1'] } }
  }

test.skipIf(!vectors)('40 texts parsed: the same, or different for a reason that is written down', () => {
  const used = new Set<string>()
  for (const { input, parser, output, error } of vectors?.cases ?? []) {
    const asked = [parser.required_xml_tags && !parser.xml_tags ? 'required' : '', ...Object.values(parser).flat()]
    const key = `${input} ${asked.filter(Boolean).join(' ')}`
    const other = differently[key]
    if (other) used.add(key)
    const parse = (): TagParserOutput =>
      tagParser({
        xmlTags: parser.xml_tags ?? [],
        mdTags: parser.md_tags ?? [],
        signalTags: parser.signal_tags ?? [],
        requiredXmlTags: parser.required_xml_tags ?? [],
        requiredMdTags: parser.required_md_tags ?? []
      }).parse(input) as TagParserOutput
    const fails = other ? other.xml === null || other.md === null : error !== undefined
    if (fails) {
      const lines = error?.message.split('\n').length ?? 2
      let message = ''
      expect(() => {
        try {
          parse()
        } catch (thrown) {
          message = (thrown as Error).message
          throw thrown
        }
      }, key).toThrow(/^Parsing errors:\n/)
      expect(message.split('\n'), key).toHaveLength(lines)
    } else {
      expect(parse(), key).toEqual({
        raw: input,
        xmlTags: other?.xml ?? output?.xml_tags ?? {},
        mdTags: other?.md ?? output?.md_tags ?? {},
        signalTags: output?.signal_tags ?? {}
      })
    }
  }
  expect(vectors?.cases).toHaveLength(40)
  expect([...used].sort()).toEqual(Object.keys(differently).sort())
})

test.skipIf(!vectors)('35 texts searched: the same, or different for a reason that is written down', () => {
  let different = 0
  for (const { input, findXml, findMd, level1 } of vectors?.finders ?? []) {
    const blocks = fencedBlocks(input)
    const inLanguage = (name: string) => blocks.filter(block => block.language === name).map(block => block.content)
    for (const [name, contents] of Object.entries(findXml)) {
      const other = differently[`${input} ${name}`]
      if (other) different++
      const expected = (other?.xml as Record<string, string[]> | undefined)?.[name] ?? contents
      expect(
        xmlElements(input, name).map(element => element.content),
        input
      ).toEqual(expected)
    }
    // An empty name asks for blocks without a language, and not for every block with its language as content.
    for (const [name, contents] of Object.entries(findMd).filter(([name]) => name !== '')) {
      const other = differently[`${input} ${name}`]
      if (other) different++
      const expected = other ? ((other.md as Record<string, string[]> | null)?.[name] ?? []) : contents
      expect(inLanguage(name), input).toEqual(expected)
    }
    // Blocks without a language, and those whose backticks end no line or are more than three, are blocks too.
    const more = ['```\nbare\n```', '```json\n{"a":"```"}\n```', '````json\nfour\n````'].includes(input)
    expect(
      blocks.map(({ start, end }) => input.slice(start, end)),
      input
    ).toEqual(more ? [input] : level1)
  }
  expect(vectors?.finders).toHaveLength(35)
  expect(different).toBe(4)
})
