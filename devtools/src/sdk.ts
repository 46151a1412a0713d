/** What the panel uses of the SDK, in one module that is loaded when it is first needed: a bundler leaves the rest out. */
export { parseJSONL, toJSONL, verifyLedger } from 'daybook'
