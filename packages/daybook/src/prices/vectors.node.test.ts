import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { costOf, priceOf } from './index.js'
import { table } from './table.js'

const folder = process.env.DAYBOOK_FIXTURES ?? '../shared/fixtures'
const file = `${folder}/prices/cost-vectors.json`
const present = existsSync(file)

interface Vector {
  readonly provider: string
  readonly model: string
  readonly usage: Readonly<Record<'input' | 'output' | 'cachedRead' | 'cacheWrite' | 'reasoning', number>>
  readonly totalUSD: number
}

/** Ours, by the same data, and what must be added to the vector's figure to get there; the reason is the rule. */
function compared({ provider, model, usage, totalUSD }: Vector) {
  const price = priceOf({ provider, model })
  if (!price) throw new Error(`No price for ${model}`)
  const tier = price.tiers?.findLast(({ above }) => usage.input > above)
  const reasons: string[] = []
  let expected = totalUSD
  // The vectors count cache tokens without a listed rate as free. A provider that lists no discount gives none.
  if (usage.cachedRead > 0 && price.cachedInput === undefined && price.input > 0 && provider !== 'perplexity') {
    reasons.push('cached input without a rate')
    expected += usage.cachedRead * price.input
  }
  if (usage.cacheWrite > 0 && price.cacheWrite === undefined && price.input > 0 && provider !== 'perplexity') {
    reasons.push('cache writes without a rate')
    expected += usage.cacheWrite * price.input
  }
  // The program that made the vectors knows no tiers but those at 128,000 and 200,000 tokens; its data does.
  if (tier && tier.above > 200_000) {
    reasons.push('a tier above 200,000')
    expected = usage.input * (tier.input ?? price.input) + usage.output * (tier.output ?? price.output)
  }
  // xAI counts reasoning beside the output; here output always includes it, which is the wire format's work.
  const output = provider === 'xai' ? usage.output + usage.reasoning : usage.output
  const ours = costOf(
    {
      input_tokens: usage.input,
      output_tokens: output,
      cached_input_tokens: usage.cachedRead,
      cache_write_tokens: usage.cacheWrite,
      reasoning_tokens: usage.reasoning
    },
    price
  )
  return { ours, expected, reasons }
}

describe.skipIf(!present)(`costs agree with the vectors${present ? '' : ': recorded answers not present'}`, () => {
  const cases: Vector[] = present ? JSON.parse(readFileSync(file, 'utf8')).cases : []

  test('each within one part in 10^9', () => {
    expect(cases.length).toBe(180)
    for (const vector of cases) {
      const { ours, expected, reasons } = compared(vector)
      const label = `${vector.model} ${JSON.stringify(vector.usage)} ${reasons}`
      expect(Math.abs((ours ?? Number.NaN) - expected), label).toBeLessThanOrEqual(1e-9 * Math.abs(expected))
    }
  })

  test('and but for three named rules as they stand', () => {
    const counts: Record<string, number> = {}
    for (const vector of cases) {
      const reason = compared(vector).reasons.join(' + ') || 'as they stand'
      counts[reason] = (counts[reason] ?? 0) + 1
    }
    expect(counts).toEqual({
      'as they stand': 158,
      'a tier above 200,000': 2,
      'cached input without a rate': 8,
      'cache writes without a rate': 8,
      'cached input without a rate + cache writes without a rate': 4
    })
  })
})

test('the table is at most 14 kB gzipped', () => {
  expect(gzipSync(table, { level: 9 }).length).toBeLessThanOrEqual(14_000)
})
