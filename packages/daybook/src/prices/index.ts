/** `daybook/prices`: what models cost and how much they take, of the day `pricesDate`. Nothing is fetched. */
export type { Limits, PricedModel } from './lookup.js'
export { limitsOf, priceOf, pricesDate } from './lookup.js'
export type { Price, Rates, TokenCounts } from './price.js'
export { costOf } from './price.js'
