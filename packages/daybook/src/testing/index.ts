/** `daybook/testing`: a provider that is not there, a clock that stands still, and what every store must do. */
export { type ContractExpect, type ContractTest, type ContractTools, cacheContract } from './cache.contract.js'
export { type FakeClock, fakeClock } from './clock.js'
export { ledgerContract } from './ledger.contract.js'
export { type SimulatedFetch, type SimulatedOptions, type Span, simulatedFetch } from './simulated-fetch.js'
