/** `daybook/testing`: a provider that is not there, a clock that stands still, and what every store must do. */
export { type FakeClock, fakeClock } from './clock.js'
export { type SimulatedFetch, type SimulatedOptions, type Span, simulatedFetch } from './simulated-fetch.js'
