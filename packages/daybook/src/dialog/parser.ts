/** Parsers: what they make of an answer's text. */
import { InputError, ParserError, shown } from '../errors.js'
import { fencedBlocks } from './fences.js'
import { xmlElements } from './tags.js'

export interface Parser<Output = unknown> {
  /**
   * `args` are the call's `parserArgs`. May be asynchronous.
   * @throws ParserError whose message the model is told; anything else thrown counts as one.
   */
  parse(text: string, args?: Readonly<Record<string, unknown>>): Output | Promise<Output>
}

export interface TagParserOptions {
  /** XML tags that must be there at least once. */
  readonly xmlTags?: readonly string[]
  /** Languages of fenced blocks that must be there at least once. */
  readonly mdTags?: readonly string[]
  /** Words in angle brackets whose presence is reported: `<DONE>`. */
  readonly signalTags?: readonly string[]
  readonly requiredXmlTags?: readonly string[]
  readonly requiredMdTags?: readonly string[]
}

export interface TagParserOutput {
  readonly raw: string
  /** Contents in order, untrimmed. */
  readonly xmlTags: Readonly<Record<string, readonly string[]>>
  /** Contents in order, trimmed. */
  readonly mdTags: Readonly<Record<string, readonly string[]>>
  readonly signalTags: Readonly<Record<string, boolean>>
}

/**
 * Finds tags, fenced blocks and signals in a text. What must be there and is not is a ParserError with a line for each.
 * Names are compared as they are. Linear in the text.
 * @throws InputError for a name that no tag or language can have.
 */
export function tagParser(options: TagParserOptions): Parser<TagParserOutput> {
  const { xmlTags = [], mdTags = [], signalTags = [], requiredXmlTags = [], requiredMdTags = [] } = options
  const xml = namesOf('xmlTags', [...xmlTags, ...requiredXmlTags], /[\s<>/]|^$/)
  const md = namesOf('mdTags', [...mdTags, ...requiredMdTags], /[\s`{]/)
  const signals = namesOf('signalTags', signalTags, /[<>]|^$/)

  return {
    parse(text) {
      const blocks = md.length > 0 ? fencedBlocks(text) : []
      const elements = xml.map(name => [name, xmlElements(text, name).map(({ content }) => content)] as const)
      const fenced = md.map(
        name => [name, blocks.filter(({ language }) => language === name).map(({ content }) => content)] as const
      )
      const missing = [
        ...lacking(elements).map(name => `<${name}>…</${name}> is missing: it must be there at least once.`),
        ...lacking(fenced).map(name => `A block \`\`\`${name} … \`\`\` is missing: it must be there at least once.`)
      ]
      if (missing.length > 0) throw new ParserError(`Parsing errors:\n${missing.join('\n')}`)
      return {
        raw: text,
        xmlTags: Object.fromEntries(elements),
        mdTags: Object.fromEntries(fenced),
        signalTags: Object.fromEntries(signals.map(name => [name, text.includes(`<${name}>`)]))
      }
    }
  }
}

function lacking(found: readonly (readonly [name: string, contents: readonly string[]])[]): string[] {
  return found.filter(([, contents]) => contents.length === 0).map(([name]) => name)
}

/** Each once, in order. */
function namesOf(option: string, names: readonly string[], unfit: RegExp): string[] {
  for (const name of names) {
    if (typeof name !== 'string' || unfit.test(name)) throw new InputError(`${shown(name)} cannot be one of ${option}.`)
  }
  return [...new Set(names)]
}
