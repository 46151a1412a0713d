/** `daybook/testing/node`: answers of models as files beside the tests, and what tests say of costs and ledgers. */
export { type Cassette, type CassetteMode, type CassetteOptions, cassette } from './cassette.js'
