/** Parsers: what they make of an answer's text. */

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

/** Linear in its input, however it is written. */
export function tagParser(_options: TagParserOptions): Parser<TagParserOutput> {
  throw new Error('to be written')
}
