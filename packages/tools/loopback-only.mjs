// A preload (node --import) that lets a process connect to this machine only. Whoever tries more gets an error, and the
// attempt is noted in a file, so that a test fails even where the code under test swallowed the error.
import childProcess from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The environment variable that names the file for the notes. Children inherit it: their attempts are ours. */
export const notesVariable = 'DAYBOOK_FORBIDDEN_CONNECTIONS'

/** Whether a host name or address is this machine's own. */
export function isLoopback(host) {
  const name = String(host)
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:(?=\d)/, '')
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (net.isIPv4(name) && name.startsWith('127.'))
  )
}

/** From now on, attempts of this process and its children are noted in a file of its own. */
export function noteSeparately() {
  process.env[notesVariable] = join(
    tmpdir(),
    `daybook-connections-${process.pid}-${Math.random().toString(36).slice(2)}`
  )
}

/** What was attempted since the last call. */
export function takeNotes() {
  const path = process.env[notesVariable]
  if (!path || !existsSync(path)) return []
  const notes = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  rmSync(path, { force: true })
  return notes
}

function refusal(what, host) {
  const path = process.env[notesVariable]
  if (path) appendFileSync(path, `${what} ${host}\n`)
  const error = new Error(`Tests may connect to this machine only: ${what} ${host} was refused.`)
  return Object.assign(error, { code: 'ENETUNREACH', address: host })
}

/** The host that net.Socket.connect is asked for; undefined for a pipe or a unix socket. */
function hostOf(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args // node passes its own normalised form as one array
  if (typeof first === 'object' && first !== null) return first.path ? undefined : (first.host ?? 'localhost')
  if (typeof first === 'string' && !/^\d+$/.test(first)) return undefined
  return typeof second === 'string' ? second : 'localhost'
}

function patchSockets() {
  const connect = net.Socket.prototype.connect
  // fetch, http, https, http2 and tls all come through here.
  net.Socket.prototype.connect = function (...args) {
    const host = hostOf(args)
    if (host === undefined || host === '' || isLoopback(host)) return connect.apply(this, args)
    // Later and as an event, like every failure to connect: now, it would go past the handlers that are attached next.
    const error = refusal('connect to', host)
    this.connecting = true
    setImmediate(() => this.destroy(error))
    return this
  }
}

function patchDatagrams() {
  for (const [name, what] of [
    ['send', 'send to'],
    ['connect', 'connect to']
  ]) {
    const original = dgram.Socket.prototype[name]
    dgram.Socket.prototype[name] = function (...args) {
      // The address is the last text: the message may be text too, but it comes first.
      const address = args.slice(1).findLast(arg => typeof arg === 'string')
      if (address === undefined || isLoopback(address)) return original.apply(this, args)
      throw refusal(what, address)
    }
  }
}

function patchNames() {
  const patch = (owner, name, fail) => {
    const original = owner[name]
    if (typeof original !== 'function') return
    owner[name] = function (host, ...rest) {
      if (!host || net.isIP(host) || isLoopback(host)) return original.call(this, host, ...rest)
      return fail(refusal('look up', host), rest)
    }
    // dns.lookup and dns.resolve carry symbols that util.promisify reads.
    for (const key of Reflect.ownKeys(original)) {
      if (typeof key === 'symbol')
        Object.defineProperty(owner[name], key, Object.getOwnPropertyDescriptor(original, key))
    }
  }
  const callBack = (error, rest) => {
    const callback = rest.findLast(arg => typeof arg === 'function')
    if (!callback) throw error
    process.nextTick(callback, error)
  }
  const reject = error => Promise.reject(error)
  const names = owner => Object.keys(owner).filter(name => name === 'lookup' || name.startsWith('resolve'))
  for (const name of names(dns)) patch(dns, name, callBack)
  for (const name of names(dns.promises)) patch(dns.promises, name, reject)
  for (const [owner, fail] of [
    [dns.Resolver.prototype, callBack],
    [dns.promises.Resolver.prototype, reject]
  ]) {
    for (const name of Object.getOwnPropertyNames(owner)) if (name.startsWith('resolve')) patch(owner, name, fail)
  }
}

// A test that gives a child an environment of its own would set it free.
function patchChildren() {
  const inherited = () => ({
    NODE_OPTIONS: `--import=${import.meta.url}`,
    [notesVariable]: process.env[notesVariable] ?? ''
  })
  const spawn = childProcess.ChildProcess.prototype.spawn
  childProcess.ChildProcess.prototype.spawn = function (options) {
    const pairs = options.envPairs ?? []
    for (const [name, value] of Object.entries(inherited())) {
      if (!pairs.some(pair => pair.startsWith(`${name}=`))) pairs.push(`${name}=${value}`)
    }
    return spawn.call(this, { ...options, envPairs: pairs })
  }
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    const original = childProcess[name]
    childProcess[name] = (...args) =>
      original(...args.map(arg => (arg?.env ? { ...arg, env: { ...inherited(), ...arg.env } } : arg)))
  }
}

// Once in a process, though a query in the import's address could load it twice.
const done = Symbol.for('daybook.loopback-only')
if (!globalThis[done]) {
  globalThis[done] = true
  patchSockets()
  patchDatagrams()
  patchNames()
  patchChildren()
  syncBuiltinESMExports()
}
