export type { Io } from './io.js'
export { main } from './main.js'
export type { DevtoolsServer, ServeOptions } from './server/serve.js'
export { serveDevtools } from './server/serve.js'
