/** Example kits: small enough to read, and whole enough to run. */
export { default as diligence } from './diligence.js'
export { default as research } from './research.js'
