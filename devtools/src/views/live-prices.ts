/** What an answer that is on its way has cost so far, by the price list: of four characters each a token, as budgets count. */
import { pricing } from '../model/pricing.js'
import { record, string } from '../model/read.js'
import { costOf, priceOf } from '../sources/price-list.js'

/** By request: how many tokens it is about. Some are long, and asked for in each frame. */
const lengths = new WeakMap<object, number>()

pricing.of = (request, written) => {
  const { messages, tools, target } = request
  const [provider, model] = [string(record(target).provider), string(record(target).model)]
  const price = provider && model && provider !== 'custom' ? priceOf({ provider, model } as never) : undefined
  if (!price) return null
  const read = lengths.get(request) ?? Math.ceil(JSON.stringify({ messages, tools }).length / 4)
  lengths.set(request, read)
  return costOf({ input_tokens: read, output_tokens: Math.round(written) }, price)
}
