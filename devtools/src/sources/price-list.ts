/** What needs the SDK's list of prices, which is large. The file of one run is made without it: see no-price-list.ts. */
import { costOf, priceOf } from 'daybook/prices'
import { pricing } from '../model/pricing.js'
import { record, string } from '../model/read.js'

export { estimatedCost } from 'daybook'
export { costOf, priceOf }

/** By request: how many tokens it is about. Some are long, and asked for in each frame. */
const lengths = new WeakMap<object, number>()

/** From now on, an answer that is on its way tells its cost so far: four characters count as a token. */
export function tellCosts(): void {
  pricing.of = (request, written) => {
    // A dialog tells its model as `provider/model` alone.
    const { provider, model } = record(
      request.target ?? { model: request.model, provider: string(request.model)?.split('/')[0] }
    )
    const price = priceOf({ provider: string(provider) ?? '', model: string(model) ?? '' })
    if (!price) return null
    const read = lengths.get(request) ?? Math.round(JSON.stringify([request.messages, request.tools]).length / 4)
    lengths.set(request, read)
    return costOf({ input_tokens: read, output_tokens: Math.round(written) }, price)
  }
}
