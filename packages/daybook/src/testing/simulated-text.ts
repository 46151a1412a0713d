/** The prose of the simulated provider: plain sentences about the phrases of a question, the same for the same dice. */

/** A number in [0, 1), the same row of them for the same text. */
export function diceFor(text: string): () => number {
  let state = 0x811c9dc5
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

export function pick<T>(from: readonly T[], dice: () => number): T {
  return from[Math.floor(dice() * from.length)] as T
}

/** A whole number from low to high, both included. */
export function between([low, high]: readonly [number, number], dice: () => number): number {
  return low + Math.floor(dice() * (high - low + 1))
}

/** The text's beginning, never half of a character. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

/**
 * About so many words that quote the question and say that nobody was asked.
 * @param facts Sentences to say in place of those about the question.
 */
export function simulatedText(
  question: string,
  words: number,
  dice: () => number,
  facts: readonly string[] = []
): string {
  const asked = quoted(question)
  const phrases = phrasesOf(topicOf(question, asked))
  const opening = asked
    ? `This is a simulated answer to “${asked}”`
    : 'This is a simulated answer to a question without words.'
  const sentences = [
    /[.!?…]$/.test(asked) || !asked ? opening : `${opening}.`,
    ...(facts.length > 0 ? facts : [pick(openings, dice)(phrases[0] as string)])
  ]
  const closing = pick(closings, dice)
  if (facts.length > 0) return [...sentences, closing].join(' ')
  let left = words - [...sentences, closing].reduce((sum, sentence) => sum + wordsIn(sentence), 0)
  const unused = shuffled(claims, dice)
  for (let turn = 0; left > 0; turn++) {
    const claim = unused[turn % unused.length] as Claim
    const sentence = claim(
      phrases[turn % phrases.length] as string,
      phrases[(turn + 1) % phrases.length] as string,
      dice
    )
    left -= wordsIn(sentence)
    if (left >= 0) sentences.push(sentence)
  }
  return paragraphs([...sentences, closing], dice)
}

/** Short phrases of what a question is about, at least two. */
export function topicsOf(question: string): readonly string[] {
  return phrasesOf(topicOf(question, quoted(question)))
}

type Claim = (topic: string, other: string, dice: () => number) => string

// A phrase may be one thing or many, so no verb is ever tied to one.
const openings: readonly ((topic: string) => string)[] = [
  topic => `The short version is that interest in ${topic} matters less than what it makes possible.`,
  topic => `Most of what can be said about ${topic} comes down to cost, timing and who decides.`,
  topic => `A fair answer has to start with what people mean by ${topic} in practice.`,
  topic => `There is no single answer, but the case for ${topic} can be taken apart into pieces that are easy to judge.`
]

const claims: readonly Claim[] = [
  (a, _b, dice) =>
    `Around ${between([15, 85], dice)} percent of the reports on ${a} agree on the direction, and far fewer on the size of it.`,
  (a, b) => `Where there are good measurements of ${a}, a change in ${b} tends to follow some months later.`,
  a => `The early work on ${a} looked at small groups, and later work has not always confirmed it.`,
  (a, b) => `People who deal with ${a} every day speak of ${b} quite differently from those who only read about it.`,
  a => `One common mistake is to treat the demand for ${a} as fixed when it changes with the season.`,
  (a, b, dice) =>
    `In ${between([3, 9], dice)} of ${between([10, 14], dice)} cases that were looked at, the change in ${a} came before that in ${b} and not after it.`,
  a => `Cheap tools have made it easier to begin with ${a}, though not easier to do it well.`,
  a => `It helps to ask who pays for ${a}, because that is also who can stop it.`,
  (a, b) => `The link between ${a} and ${b} is real, but it runs through several steps that can each fail.`,
  a => `Two things are usually left out of the talk about ${a}: what is replaced, and how long the change takes.`,
  (a, _b, dice) =>
    `A careful estimate puts the effect of ${a} between ${between([2, 9], dice)} and ${between([11, 30], dice)} percent.`,
  a => `Skeptics point out that much has been promised about ${a} before, and they are right about the dates.`,
  (a, b) => `With a settled view of ${b}, most of the argument about ${a} would end by itself.`,
  a => `Small experiments with ${a} are worth more here than another survey.`,
  a => `The numbers on ${a} come from different years, so they should be compared with care.`,
  (a, b) => `Rules written for ${a} often end up shaping the future of ${b} instead.`,
  a => `What would change this view of ${a} is a clear failure although everything around it was in order.`,
  a => `For someone who has to decide this week, the safest bet on ${a} is slow and uneven growth.`,
  (a, b) => `Nobody has made much of ${a} without ${b}, and several attempts have ended early.`,
  a => `There are good reasons to keep the plans for ${a} simple until the first results are in.`,
  a => `Local habits explain more of the difference in ${a} than any of the usual figures do.`,
  (a, _b, dice) =>
    `The oldest useful record of ${a} is about ${between([12, 60], dice)} years old, which is enough to see a trend.`,
  (a, b) => `Training, more than money, decides how well plans for ${a} hold up against the needs of ${b}.`,
  a => `The open question is how much of the value of ${a} remains when nothing about it is new.`
]

const closings: readonly string[] = [
  'No model was asked for any of this: the sentences were put together on the spot.',
  'Nothing here was looked up; it only shows what an answer would look like as it arrives.',
  'Treat every figure above as invented, because no model was asked.'
]

/** Words that carry no topic; phrases are what stands between them. */
export const plainWords: ReadonlySet<string> = new Set(
  `a about above after again all also an and any are as at be because been before being between both but by can could did do
  does doing down each every explain few find for from give had has have how i if in into is it its list make many may me
  might more most much must my name no not of off on one or other our out over own please question research same say shall
  she should so some such tell than that the their them then there these they this those through to too under until up us
  use very want was we were what when where which while who whom whose why will with would write you your`.split(/\s+/)
)

/** After these comes a thing, and not something that is done. */
const beforeThings = new Set(
  'a about an and at between for from her his in into its of on or our the their this those to with your'.split(' ')
)

/** What is talked about: a question often ends a text that names its topic (“Should we …? What speaks for it?”). */
function topicOf(text: string, asked: string): string {
  const before = text.slice(-4000).replace(/[“”]/g, '"').trim().split(asked)[0]?.trim() ?? ''
  const sentence = before
    .split(/[.!?\n]\s*/)
    .filter(part => wordsIn(part) > 3)
    .at(-1)
  return sentence ?? asked
}

/** What the question is about: at least two phrases of up to three words. */
function phrasesOf(question: string): readonly string[] {
  const things = new Set<string>()
  const others = new Set<string>()
  let phrase: string[] = []
  let before = ''
  const end = (): void => {
    const isThing = beforeThings.has(before)
    // What follows a small word is most likely a thing, and what follows the thing a verb.
    const text = (isThing ? phrase.slice(0, 2) : phrase.slice(-3)).join(' ')
    if (text.length > 2) (isThing ? things : others).add(text)
    phrase = []
  }
  for (const word of question.split(/\s+/)) {
    const bare = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
    // A number is no topic.
    if (!/\p{L}/u.test(bare) || plainWords.has(bare.toLowerCase())) {
      end()
      before = bare.toLowerCase()
    } else {
      phrase.push(cut(bare, 40))
      if (/[^\p{L}\p{N}]$/u.test(word)) end()
    }
  }
  end()
  const found = [...(things.size > 0 ? things : others)].slice(0, 6)
  return found.length > 1 ? found : [found[0] ?? 'the matter', 'everyday practice']
}

/** The question itself: the last one that the text asks, or its last line. */
export function quoted(text: string): string {
  const end = text.slice(-4000).trim()
  const mark = end.lastIndexOf('?')
  const upTo = mark < 0 ? end : end.slice(0, mark)
  const before = Math.max(...(mark < 0 ? ['\n'] : ['\n', '.', '!', '?']).map(stop => upTo.lastIndexOf(stop)))
  const asked = end
    .slice(before + 1, mark < 0 ? undefined : mark + 1)
    .replace(/\s+/g, ' ')
    .replace(/^ ?["”»)\]]+ /, '') // the end of what was quoted before
    .replace(/[“”]/g, '"')
    .trim()
  if (asked.length <= 160) return asked
  const short = cut(asked, 160)
  return `${short.slice(0, Math.max(short.lastIndexOf(' '), 80))}…`
}

function paragraphs(sentences: readonly string[], dice: () => number): string {
  let text = ''
  let room = 0
  for (const sentence of sentences) {
    if (room === 0) {
      text += text ? '\n\n' : ''
      room = between([3, 5], dice)
    } else {
      text += ' '
    }
    text += sentence
    room--
  }
  return text
}

function shuffled<T>(items: readonly T[], dice: () => number): T[] {
  const mixed = [...items]
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(dice() * (last + 1))
    ;[mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T]
  }
  return mixed
}

function wordsIn(text: string): number {
  return text.split(/\s+/).filter(Boolean).length
}
