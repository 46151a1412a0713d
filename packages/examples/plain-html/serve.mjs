// A server of files for this one page, on this machine only: `node packages/examples/plain-html/serve.mjs [port]`.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname } from 'node:path'

const top = new URL('../../../', import.meta.url)
const folders = {
  '/daybook/': new URL('packages/daybook/dist/', top),
  '/daybook-devtools/': new URL('devtools/dist/', top),
  '/modules/idb-keyval/': new URL('node_modules/idb-keyval/dist/', top),
  '/modules/eventsource-parser/': new URL('node_modules/eventsource-parser/dist/', top)
}
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.map': 'application/json',
  '.json': 'application/json'
}

/** The file of a path, or undefined: nothing outside of these folders has one. */
function fileOf(path) {
  if (path === '/') return new URL('index.html', import.meta.url)
  const prefix = Object.keys(folders).find(name => path.startsWith(name))
  if (!prefix || /%2f|%5c|\\/i.test(path)) return undefined
  const file = new URL(path.slice(prefix.length), folders[prefix])
  return file.href.startsWith(folders[prefix].href) ? file : undefined
}

const server = createServer(async (request, response) => {
  const file = fileOf(new URL(request.url ?? '/', 'http://localhost').pathname)
  const body = file && (await readFile(file).catch(() => undefined))
  if (!body) return response.writeHead(404).end('Not here. Was `npm run build` run?')
  response.setHeader('content-type', `${types[extname(file.pathname)] ?? 'application/octet-stream'}; charset=utf-8`)
  response.end(body)
})
server.listen(Number(process.argv[2] ?? 4200), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`)
})
