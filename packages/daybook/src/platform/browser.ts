/** A page or worker. Keys are the caller's to pass, so there is no environment, and hashing must be synchronous. */
export { env, sha256 } from './memory.js'
