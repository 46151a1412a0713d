/** `daybook/testing/node`: answers of models as files beside the tests, and what tests say of costs and ledgers. */
export { type Cassette, type CassetteMode, type CassetteOptions, cassette } from './cassette.js'
export { cassetteFor, type TestContext } from './cassette-for.js'
export { type DaybookMatchers, type MatcherContext, type MatchResult, matchers } from './matchers.js'
export type { FetchAnswered } from './shelf.js'
