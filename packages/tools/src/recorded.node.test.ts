import { get } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveRecorded } from '../recorded.mjs'

let server: Awaited<ReturnType<typeof serveRecorded>>

beforeAll(async () => {
  server = await serveRecorded()
})
afterAll(() => server.close())

/** The status for a path that is sent as it is: fetch would tidy it. */
async function statusOf(path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(server.origin)
  return new Promise((resolve, reject) => {
    get({ hostname, port, path }, response => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
}

test.each([
  '/recorded/../../../package.json',
  '/recorded/..%2f..%2fREADME.md',
  '/recorded/../README.md',
  '/recorded/openai-responses-17/../../../README.md',
  '/recorded/openai-responses-17/..%2f..%2fREADME.md',
  '/recorded/openai-responses-17/source.txt',
  '/recorded/openai-responses-17',
  '/recorded/__proto__/response.body',
  '/recorded//etc/passwd',
  '/recorded/',
  '/package.json',
  '//',
  '/recorded/%'
])('%s is not served', async path => {
  expect(await statusOf(path)).toBe(404)
})
