// The simulated provider over HTTP, on this machine: it answers what SDKs send, and remembers it.
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { simulatedFetch } from 'daybook/testing'

/** `seen`: each request as it came, without what holds a key or says where it ran. */
export async function serveSimulated() {
  const simulated = simulatedFetch({ speed: Number.POSITIVE_INFINITY })
  const seen = []
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const { 'content-type': type, accept } = request.headers
      seen.push({
        method: request.method,
        path: request.url,
        headers: { 'content-type': type, accept },
        body: JSON.parse(body)
      })
      const answer = await simulated(`http://simulated.test${request.url}`, { method: request.method, body })
      response.writeHead(answer.status, Object.fromEntries(answer.headers))
      Readable.fromWeb(answer.body).pipe(response)
    })
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    seen,
    baseURL: `http://127.0.0.1:${server.address().port}/v1`,
    close() {
      server.closeAllConnections()
      server.close()
    }
  }
}
