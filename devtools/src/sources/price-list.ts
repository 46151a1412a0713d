/** What needs the SDK's list of prices, which is large. The file of one run is made without it: see no-price-list.ts. */
export { estimatedCost } from 'daybook'
export { costOf, priceOf } from 'daybook/prices'
