import { describe, expect, test } from 'vitest'
import { DaybookError } from '../errors.js'
import { begun, complete, itemsOf, type Live, live, observe, relay, tap } from './live.js'

const task = (ms = 0): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

async function collect<Item>(stream: Live<Item, unknown>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of stream) items.push(item)
  return items
}

/** Emits 1..n, a task apart, then returns the sum. */
function counting(n: number, options?: { signal?: AbortSignal; fail?: Error }): Live<number, number> {
  return live(async function* () {
    let sum = 0
    for (let i = 1; i <= n; i++) {
      await task()
      sum += i
      yield i
    }
    if (options?.fail) throw options.fail
    return sum
  }, options)
}

/** Emits one item, then waits until it is aborted; tells whether its signal fired and its `finally` ran. */
function endless(options?: { signal?: AbortSignal }) {
  const seen = { aborted: false, finished: false }
  const stream = live<string, string>(async function* (signal) {
    signal.addEventListener('abort', () => {
      seen.aborted = true
    })
    try {
      yield 'first'
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))))
      return 'never'
    } finally {
      seen.finished = true
    }
  }, options)
  return { stream, seen }
}

const layers: Record<string, (make: () => Live<number, number>) => Live<number, number>> = {
  'made by a generator': make => make(),
  tapped: make => tap(make(), sum => sum),
  relayed: make =>
    relay(
      async () => {
        await task()
        return { stream: make() }
      },
      sum => sum
    ),
  'relayed twice, the inner one late': make =>
    relay(
      () => ({
        stream: relay(
          () => task(2).then(() => ({ stream: make() })),
          (sum: number) => sum
        )
      }),
      sum => sum
    ),
  'relayed from a foreign stream': make =>
    relay(
      () => {
        const inner = make()
        const foreign = Object.assign(
          Promise.resolve(inner).then(sum => sum),
          { [Symbol.asyncIterator]: () => inner[Symbol.asyncIterator]() }
        )
        return { stream: foreign as unknown as Live<number, number> }
      },
      sum => sum
    )
}

for (const [name, layer] of Object.entries(layers)) {
  describe(`a Live, ${name}`, () => {
    test('gives every item to a reader and the result to an awaiter', async () => {
      const stream = layer(() => counting(3))
      expect(await collect(stream)).toEqual([1, 2, 3])
      expect(await stream).toBe(6)
      expect(await stream).toBe(6)
    })

    test('shows everything to a reader who comes after the end', async () => {
      const stream = layer(() => counting(3))
      await stream
      expect(await collect(stream)).toEqual([1, 2, 3])
      expect(await collect(stream)).toEqual([1, 2, 3])
    })

    test('serves several readers at their own pace', async () => {
      const stream = layer(() => counting(4))
      const slow = (async () => {
        const items: number[] = []
        for await (const item of stream) {
          items.push(item)
          await task(3)
        }
        return items
      })()
      expect(await Promise.all([collect(stream), slow])).toEqual([
        [1, 2, 3, 4],
        [1, 2, 3, 4]
      ])
    })

    test('hands its result to yield*', async () => {
      const outer = live(async function* () {
        const sum: number = yield* layer(() => counting(3))
        return sum * 10
      })
      expect(await outer).toBe(60)
      expect(itemsOf(outer)).toEqual([1, 2, 3])
    })

    test('throws a failure to every reader, after the items before it, and to every awaiter', async () => {
      const stream = layer(() => counting(2, { fail: new DaybookError('server', 'broken') }))
      for (let reader = 0; reader < 2; reader++) {
        const items: number[] = []
        const reading = (async () => {
          for await (const item of stream) items.push(item)
        })()
        await expect(reading).rejects.toThrow('broken')
        expect(items).toEqual([1, 2])
      }
      await expect(stream).rejects.toThrow('broken')
    })

    test('observers see every item, also those that came before', async () => {
      const stream = layer(() => counting(3))
      const early: number[] = []
      const late: number[] = []
      observe(stream, item => early.push(item))
      await stream
      observe(stream, item => late.push(item))
      expect([early, late]).toEqual([
        [1, 2, 3],
        [1, 2, 3]
      ])
    })
  })
}

test('a failure that nobody looks at is no unhandled rejection', async () => {
  // Vitest fails the run on an unhandled rejection.
  void tap(counting(1, { fail: new Error('unseen') }), sum => sum)
  void relay(() => {
    throw new Error('unseen too')
  }, String)
  await task(20)
})

test('it starts when it is made, without a reader', async () => {
  const stream = counting(2)
  await task(20)
  expect(itemsOf(stream)).toEqual([1, 2])
})

test('aborting its signal fails it with kind aborted and ends the body', async () => {
  const controller = new AbortController()
  const { stream, seen } = endless({ signal: controller.signal })
  await begun(stream)
  controller.abort()
  await expect(stream).rejects.toMatchObject({ kind: 'aborted' })
  await task()
  expect(seen).toEqual({ aborted: true, finished: true })
})

test('an abort ends a body that ignores its signal', async () => {
  const controller = new AbortController()
  const stream = live(async function* () {
    yield 1
    await new Promise(() => {})
    return 2
  }, controller)
  await begun(stream)
  controller.abort()
  await expect(stream).rejects.toMatchObject({ kind: 'aborted' })
})

test('a body can fail itself at any time, also while it waits for something that never comes', async () => {
  let fired = false
  const stream = live<string, string>(async function* (signal, abort) {
    signal.addEventListener('abort', () => {
      fired = true
    })
    yield 'first'
    setTimeout(() => abort(new DaybookError('timeout', 'Too late.')), 0)
    await new Promise(() => {})
    return 'never'
  })
  expect(await stream.catch((error: unknown) => error)).toMatchObject({ kind: 'timeout', message: 'Too late.' })
  expect(fired).toBe(true)
})

test('a signal that was aborted before fails it before it starts', async () => {
  let started = false
  const stream = live(
    async function* () {
      started = true
      yield 1
      return 2
    },
    { signal: AbortSignal.abort() }
  )
  await expect(stream).rejects.toMatchObject({ kind: 'aborted' })
  expect(started).toBe(false)
})

test('a signal that timed out says so', async () => {
  const { stream } = endless({ signal: AbortSignal.timeout(5) })
  await expect(stream).rejects.toMatchObject({ kind: 'timeout' })
})

test('when the last reader breaks and nobody awaits, it is aborted one task later', async () => {
  const { stream, seen } = endless()
  for await (const _item of stream) break
  expect(seen.aborted).toBe(false)
  await task(2)
  expect(seen).toEqual({ aborted: true, finished: true })
})

test('when a reader breaks in an outer layer, the innermost body is aborted', async () => {
  const { stream, seen } = endless()
  const outer = tap(
    relay(
      signal => ({
        stream: relay(
          async inner => {
            inner.addEventListener('abort', () => Object.assign(seen, { told: true }))
            return { stream }
          },
          text => text,
          { signal }
        )
      }),
      text => text
    ),
    text => text
  )
  for await (const _item of outer) break
  await task(5)
  expect(seen).toMatchObject({ told: true })
})

test('a break does not abort what somebody awaits', async () => {
  const stream = counting(3)
  const sum = stream.then(value => value)
  for await (const _item of stream) break
  expect(await sum).toBe(6)
})

test('a break does not abort what another reader still reads', async () => {
  const stream = counting(3)
  const other = collect(stream)
  for await (const _item of stream) break
  expect(await other).toEqual([1, 2, 3])
})

test('a reader who comes back within the task keeps it alive', async () => {
  const stream = counting(3)
  for await (const _item of stream) break
  expect(await collect(stream)).toEqual([1, 2, 3])
})

test('a thousand calls leave no listener on a long-lived signal', async () => {
  const controller = new AbortController()
  let listeners = 0
  const { addEventListener, removeEventListener } = controller.signal
  controller.signal.addEventListener = function (this: AbortSignal, ...args: unknown[]) {
    listeners++
    return Reflect.apply(addEventListener, this, args)
  }
  controller.signal.removeEventListener = function (this: AbortSignal, ...args: unknown[]) {
    listeners--
    return Reflect.apply(removeEventListener, this, args)
  }
  for (let call = 0; call < 1000; call++) {
    await live(async function* () {
      yield call
      return call
    }, controller)
  }
  expect(listeners).toBe(0)
})

test('concurrent next() calls each get their own item', async () => {
  const iterator = counting(3)[Symbol.asyncIterator]()
  const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()])
  expect(results.map(result => result.value)).toEqual([1, 2, 3, 6])
})

describe('a Live that is complete from the start', () => {
  test('gives its items and its result to every reader and awaiter', async () => {
    const items = [1, 2]
    const stream = complete(items, 3)
    expect(await collect(stream)).toEqual([1, 2])
    expect(await collect(stream)).toEqual([1, 2])
    expect(await stream).toBe(3)
    expect(itemsOf(stream)).toBe(items)
    expect(await begun(stream)).toBe(true)
    expect(await begun(complete([], 0))).toBe(false)
  })
})

describe('a relay that follows what others follow too', () => {
  const sharing = (stream: Live<string, string>, signal?: AbortSignal) =>
    relay(
      () => ({ stream, shared: true }),
      result => result,
      { signal }
    )

  test('leaves it at once when it is aborted, and the others go on', async () => {
    let finish: () => void = () => {}
    const source = live<string, string>(async function* () {
      yield 'first'
      await new Promise<void>(resolve => {
        finish = resolve
      })
      yield 'second'
      return 'done'
    })
    const controller = new AbortController()
    const [left, stayed] = [sharing(source, controller.signal), sharing(source)]
    const heard: string[] = []
    observe(left, item => heard.push(item))
    await task()
    controller.abort()
    await expect(left).rejects.toMatchObject({ kind: 'aborted' })
    finish()
    expect(await stayed).toBe('done')
    expect(await collect(stayed)).toEqual(['first', 'second'])
    expect(heard).toEqual(['first'])
    expect(itemsOf(left)).toEqual(['first'])
  })
})
