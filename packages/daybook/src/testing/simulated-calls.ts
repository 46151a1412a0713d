/** Which tools the simulated model calls, and with what. */
import { isRecord } from '../json.js'
import { type Material, valueFor } from './simulated-json.js'
import type { SimulatedRequest, SimulatedTool } from './simulated-request.js'
import { pick, plainWords, topicsOf } from './simulated-text.js'

export interface ChosenCall {
  readonly tool: SimulatedTool
  readonly input: Readonly<Record<string, unknown>>
}

/** Words that descriptions of tools are full of, whatever the tool does. */
const toolWords = new Set(
  `answer argument arguments call called calls current fetch function get gets give gives given input look looks lookup name
  named number numbers object output read reads return returned returns result results run runs set show shows simple string
  take takes tell tells text tool tools use used useful user value values want wants`.split(/\s+/)
)
const computerWords = 'browser click computer desktop mouse page screen screenshot website window'

/**
 * What `tool_choice` demands. Where the model is free: each function whose name or description shares a word with the
 * question, once, until there is a result; and the computer where the question speaks of it.
 */
export function callsFor(request: SimulatedRequest, question: string, dice: () => number): readonly ChosenCall[] {
  const { choice, turns, parallel } = request
  const tools = request.tools.filter(tool => tool.kind !== 'search')
  if (choice === 'none' || tools.length === 0) return []
  const asked = turns.findLastIndex(turn => turn.role === 'user')
  const answered = turns.slice(asked + 1).some(turn => turn.role === 'result')
  const words = wordsOf(question)
  const meant = tools.filter(tool => isMeant(tool, question, words))
  const called =
    typeof choice === 'object'
      ? tools.filter(({ name }) => name === choice.name).slice(0, 1)
      : choice === 'required'
        ? meant.length > 0
          ? meant
          : [pick(tools, dice)]
        : answered
          ? []
          : meant
  return called.slice(0, parallel ? 8 : 1).map(tool => ({
    tool,
    input: inputFor(tool, meant.includes(tool) ? materialOf(question, tool) : undefined, question, dice)
  }))
}

function isMeant(tool: SimulatedTool, question: string, words: ReadonlySet<string>): boolean {
  if (tool.kind === 'computer') return [...wordsOf(computerWords)].some(word => words.has(word))
  if (
    tool.name.length > 1 &&
    question
      .toLowerCase()
      .split(/[^\w-]+/)
      .includes(tool.name.toLowerCase())
  )
    return true
  return [...wordsOf(`${spaced(tool.name)} ${tool.description}`)].some(word => words.has(word))
}

function inputFor(tool: SimulatedTool, material: Material | undefined, question: string, dice: () => number) {
  if (tool.kind === 'computer') {
    const click = { type: 'click', button: 'left', x: 100, y: 100 }
    return /\bclick/i.test(question) ? click : { type: 'screenshot' }
  }
  const made = valueFor(tool.schema, dice, material)
  return isRecord(made) ? made : {}
}

/** Words that carry a meaning, the plural like the singular. */
function wordsOf(text: string): ReadonlySet<string> {
  const words = text
    .slice(0, 4000)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
  const kept = words.filter(word => word.length > 2 && !plainWords.has(word) && !toolWords.has(word))
  return new Set(kept.map(word => (word.length > 3 ? word.replace(/s$/, '') : word)))
}

/** What a question brings for arguments: what it quotes, sums, names, and then its topics; and its figures. */
function materialOf(question: string, tool: SimulatedTool): Material {
  const sentence = question.slice(-2000).replace(/\s+/g, ' ').trim()
  const own = wordsOf(`${spaced(tool.name)} ${tool.description}`)
  // The part of the question that is about this tool goes first.
  const parts = sentence.split(/[,;.?!](?= |$)| and (?!\d)/)
  const about = parts.filter(part => [...wordsOf(part)].some(word => own.has(word)))
  const text = [...about, ...parts.filter(part => !about.includes(part))].join(', ')
  const quotes = [...text.matchAll(/["“„]([^"“”„]{1,200})["”]/g)].map(([, inner = '']) => inner)
  const sums = [...text.matchAll(/\d[\d.]*(?: ?[-+*/×÷^] ?\d[\d.]*)+/g)].map(([sum]) => sum)
  const names = [...text.matchAll(/(?<=[\p{L}\p{N},;:] )\p{Lu}[\p{L}\p{N}'’-]*(?: \p{Lu}[\p{L}\p{N}'’-]*)*/gu)]
    .map(([name]) => name)
    .filter(name => [...wordsOf(name)].some(word => !own.has(word)))
  const found = [...quotes, ...sums, ...names]
  const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)].map(([figure]) => Number(figure))
  return { sentence, words: found.length > 0 ? found : [...topicsOf(sentence)], numbers }
}

/** `getWeather` as two words. */
function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2')
}
