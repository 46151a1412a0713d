import { execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { lookup, promises, Resolver } from 'node:dns'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, get } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { isLoopback, takeNotes } from '../loopback-only.mjs'

const elsewhere = '192.0.2.1'
const refused = 'Tests may connect to this machine only'

test('loopback is this machine by any of its names, and nothing else', () => {
  const ours = ['localhost', 'a.localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]', '::ffff:127.0.0.1', 'LOCALHOST']
  const others = ['192.0.2.1', '0.0.0.0', '::', 'localhost.example', '127.0.0.1.example', 'example.com', '']
  expect(ours.filter(host => !isLoopback(host))).toEqual([])
  expect(others.filter(isLoopback)).toEqual([])
})

test('a socket, a TLS socket, HTTP and HTTP/2 fail as any connection does, and are noted', async () => {
  const ways = [
    () => connect(80, elsewhere),
    () => connect({ port: 80, host: elsewhere }),
    () => connectTls({ port: 443, host: elsewhere }),
    () => get(`http://${elsewhere}/`),
    () => connectHttp2(`http://${elsewhere}`)
  ]
  for (const way of ways) {
    const [error] = await once(way(), 'error')
    expect((error as Error).message).toContain(refused)
  }
  expect(takeNotes()).toEqual(ways.map(() => `connect to ${elsewhere}`))
})

test('fetch rejects with the reason as its cause', async () => {
  const error = await fetch(`http://${elsewhere}/`).catch((thrown: Error) => thrown.cause)
  expect((error as Error).message).toContain(refused)
  expect(takeNotes()).toHaveLength(1)
})

test('names are not looked up', async () => {
  const name = 'example.invalid'
  const ways = [
    promisify(lookup)(name),
    promises.lookup(name),
    promises.resolve4(name),
    new promises.Resolver().resolveTxt(name),
    promisify((callback: (error: Error | null) => void) => new Resolver().resolve(name, callback))()
  ]
  for (const way of ways) await expect(way).rejects.toThrow(refused)
  expect(takeNotes()).toEqual(ways.map(() => `look up ${name}`))
  expect((await promises.lookup('localhost')).address).toMatch(/^(127\.0\.0\.1|::1)$/)
})

test('datagrams are not sent', () => {
  const socket = createSocket('udp4')
  expect(() => socket.send('x', 9, elsewhere)).toThrow(refused)
  expect(() => socket.connect(9, elsewhere)).toThrow(refused)
  socket.close()
  expect(takeNotes()).toEqual([`send to ${elsewhere}`, `connect to ${elsewhere}`])
})

const attempt = `fetch('http://${elsewhere}/').catch(() => {})`

test('what a child attempts is noted here, though the child has an environment of its own', async () => {
  const args = ['-e', attempt]
  execFileSync(process.execPath, args, { env: { PATH: '' } })
  expect(takeNotes()).toEqual([`connect to ${elsewhere}`])
  await once(spawn(process.execPath, args, { env: {} }), 'close')
  expect(takeNotes()).toEqual([`connect to ${elsewhere}`])
})

test('this machine may be asked: by HTTP and by a unix socket', async () => {
  const server = createHttpServer((_request, response) => response.end('here')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('here')
  server.closeAllConnections()
  server.close()

  const folder = mkdtempSync(join(tmpdir(), 'daybook-socket-'))
  const pipe = createServer(socket => socket.end('here')).listen(join(folder, 's'))
  await once(pipe, 'listening')
  const [data] = await once(connect(join(folder, 's')), 'data')
  expect(String(data)).toBe('here')
  pipe.close()
  rmSync(folder, { recursive: true })
})
