import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CommandLine, commandLine, demoFile, instant } from '../testing/command-line.js'

let line: CommandLine
beforeEach(async () => {
  line = await commandLine()
})
afterEach(() => line.remove())

const asking = (): { asked: () => number; fetch: typeof fetch } => {
  let asked = 0
  return {
    asked: () => asked,
    fetch: (...request) => {
      asked++
      return instant(...request)
    }
  }
}

test('an estimate says what would be asked and what not, and makes nothing', async () => {
  const { asked, fetch } = asking()
  const { code, stdout, stderr } = await line.run(
    ['fork', 'demo', '--at', '14', '--set', 'max_tokens=200', '--estimate', '--simulate'],
    { fetch }
  )
  expect([code, stderr, asked()]).toEqual([0, '', 0])
  expect(stdout).toContain('Shares      14 events with demo')
  expect(stdout).toMatch(/Changes {5}#15 ▲ llm\.request .*\n +max_tokens = 200\n/)
  expect(stdout).toMatch(/Would cost {2}.*\$0\.00\d+: 1 call, 2 answers from the run itself\n/)
  for (const row of stdout.split('\n')) expect(row.length, row).toBeLessThanOrEqual(80)
  expect((await line.run(['list'])).stdout).toContain('No runs')
})

test('what a change adds is told apart from what it replaces', async () => {
  const { stdout } = await line.run([
    ...['fork', 'demo', '--at', '14', '--estimate', '--simulate'],
    ...['--set', 'top_p=0.5', '--set', '/top_a=0.5', '--set', 'messages.0.content=Hello?']
  ])
  expect(stdout).toMatch(/\n +top_p = 0\.5 \(new\)\n +\/top_a = 0\.5 \(new\)\n +messages\.0\.content = Hello\?\n/)
})

test('a wrong name is refused with the nearest one, and nothing is made or asked', async () => {
  const { asked, fetch } = asking()
  const cases: [string, string, string][] = [
    ['15', 'modle=x/y', 'There is no modle in this llm.request. Did you mean model? To add it, write it as /modle=….'],
    ['15', 'max_token=9', 'Did you mean max_tokens?'],
    ['15', 'maxTokens=9', 'Did you mean max_tokens?'],
    ['15', 'temprature=1', 'Did you mean temperature?'],
    ['15', 'messages.0.contnet=Hello', 'Did you mean messages.0.content?'],
    ['15', 'safety_settings=1', 'There is no safety_settings in this llm.request. To add it, write it as /safety_set'],
    ['2', 'data.txt=Ferries?', 'Did you mean data.text?'],
    ['1', 'options.modle=x', 'Did you mean options.model?']
  ]
  for (const [event, set, message] of cases) {
    for (const run of [[], ['--run']]) {
      const { code, stdout, stderr } = await line.run(
        ['fork', 'demo', '--event', event, '--set', set, '--simulate', ...run],
        { fetch }
      )
      expect([set, code, stdout, asked()]).toEqual([set, 1, '', 0])
      expect(stderr).toContain(message)
    }
  }
  expect((await line.json(['list'])).runs.length).toBe(1)
})

test('with --run the plan stands before what is run', async () => {
  const { stdout } = await line.run([
    ...['fork', 'demo', '--at', '14', '--set', 'max_tokens=200', '--run', '--simulate', '--id', 'f']
  ])
  expect(stdout).toMatch(
    /Shares {6}14 events with demo\n +Changes .*\n +max_tokens = 200\n +Would cost .*1 call, 2 answers from the run itself\n.*Goal.*#15 /s
  )
  expect(stdout).not.toContain('Nothing was asked yet')
})

test('a fork that was only made is listed as not run, with what to do, and its time begins when it is run', async () => {
  const forked = ['fork', 'demo', '--at', '14', '--set', 'max_tokens=200', '--simulate', '--id', 'f']
  const { stdout: made } = await line.run(forked)
  expect(made).toContain('daybook resume branch:f runs it.')
  const { stdout } = await line.run(['list'])
  expect(stdout).toMatch(/○ branch:f +not run .*\n +It has not been run yet: daybook resume branch:f runs it\.\n/)
  expect((await line.json(['list'])).runs[0]).toMatchObject({ run: 'branch:f', state: 'not run' })
  expect((await line.run(['status', 'f'])).stdout).toContain(
    'It has not been run yet: daybook resume branch:f runs it.'
  )
  const before = await line.json(['status', 'f'])
  expect(before.state).toBe('not run')
  await line.run(['resume', 'f', '--simulate'])
  expect((await line.json(['list'])).runs[0]).toMatchObject({ run: 'branch:f', state: 'done' })
  expect((await line.run(['list'])).stdout).not.toContain('not run')
})

test('a place that is none is said to be, with those that there are', async () => {
  await line.run(['import', demoFile])
  const range = '--at takes a whole number from 0 to 26.'
  const cases: [string[], string][] = [
    [['fork', 'demo', '--at', '-1'], range],
    [['fork', 'demo', '--at=-1'], range],
    [['fork', 'demo', '--at', '1.5'], range],
    [['fork', 'demo', '--at', '27'], range],
    [['fork', 'demo', '--at', 'x'], range],
    [['fork', 'demo', '--event', '-3', '--set', 'x=1'], 'There is no event "-3" in demo: its events are 1 to 26.'],
    [['fork', 'demo', '--event', '27', '--set', 'x=1'], 'There is no event "27" in demo: its events are 1 to 26.'],
    [['trace', '#0', '--run', 'demo'], 'There is no event "#0" in demo: its events are 1 to 26.'],
    [['trace', '-2', '--run', 'demo'], 'There is no event "-2" in demo: its events are 1 to 26.'],
    [['trace', '99', '--run', 'demo'], 'There is no event "99" in demo: its events are 1 to 26.'],
    [['run', 'research', '--budget-usd', '-1', '--goal', 'x'], '--budget-usd takes an amount above 0, such as 0.25.']
  ]
  for (const [argv, message] of cases) {
    const { code, stdout, stderr } = await line.run(argv)
    expect([argv, code, stdout, stderr]).toEqual([argv, 1, '', expect.stringContaining(message)])
  }
})

test('a fork is made without asking anybody, and resume runs it', async () => {
  const { asked, fetch } = asking()
  const forked = ['fork', 'demo', '--at', '14', '--set', 'model=claude-sonnet-4-5', '--id', 'sonnet', '--simulate']
  const { stdout } = await line.run(forked, { fetch })
  expect(stdout).toContain('Fork        branch:sonnet')
  expect(stdout).toContain('Nothing was asked yet: daybook resume branch:sonnet runs it.')
  expect(asked()).toBe(0)
  const resumed = await line.run(['resume', 'sonnet', '--simulate'], { fetch })
  expect([resumed.code, resumed.stderr, asked()]).toEqual([0, '', 1])
  expect(resumed.stdout).toContain('1 provider call, 2 from the cache, saved ≈ $0.00')
  const again = await line.run(forked, { fetch })
  expect([again.code, again.stdout]).toEqual([1, ''])
  expect(again.stderr).toContain('branch:sonnet is there already')
})

test('--run asks only for what is different, and --json prints one object with the estimate', async () => {
  const { asked, fetch } = asking()
  const object = await line.json(
    ['fork', 'demo', '--at', '14', '--set', 'messages.0.content="Only the risks?"', '--run', '--simulate'],
    { fetch }
  )
  expect(asked()).toBe(1)
  expect(object).toMatchObject({
    ...{ kit: 'research', calls: 1, hits: 2, unanswered: 0, parent: 'demo', position: 14 },
    change: { set: { 'messages.0.content': 'Only the risks?' } },
    estimate: { reused: 2, calls: 1 }
  })
  expect(object.run).toBe(object.branch)
  expect(object.ledger).toMatch(/^\.daybook\/ledgers\/branch-[0-9a-f]{12}\.jsonl$/)
  const { stdout } = await line.run(['trace', '--run', object.branch])
  expect(stdout).toContain('#27')
})

test('a changed object runs all that follows from it, printed from the fork on', async () => {
  const { asked, fetch } = asking()
  const { code, stdout } = await line.run(
    ['fork', 'demo', '--event', '2', '--set', 'data.text=Ferries?', '--run', '--simulate'],
    { fetch }
  )
  expect([code, asked()]).toEqual([0, 3])
  expect(stdout).toMatch(/research \S+, branch:\S+, from demo at event 1\n/)
  expect(stdout).not.toContain('kit.loaded')
  expect(stdout).toMatch(/#2 ├ branch\.created .*1 event of demo before it/)
  expect(stdout).toMatch(/#3 □ object\.created .*Goal "Ferries\?"/)
  expect(stdout).not.toContain('diesel buses have')
})

test('a fork is verified with what it shares, replayed strictly, and keeps its run from being removed', async () => {
  await line.run(['fork', 'demo', '--at', '14', '--set', 'max_tokens=99', '--id', 'f', '--run', '--simulate'])
  expect(await line.json(['verify', 'f'])).toMatchObject({
    ok: true,
    run: 'branch:f',
    shares: [{ run: 'demo', ok: true }]
  })
  expect(await line.json(['replay', 'f', '--strict'])).toMatchObject({ ok: true, divergences: [] })
  const kept = await line.run(['remove', 'demo'])
  expect([kept.code, kept.stderr]).toEqual([1, expect.stringContaining('branch:f')])
  expect((await line.run(['remove', 'f'])).code).toBe(0)
  expect((await line.run(['remove', 'demo'])).code).toBe(0)
})

test('a fork can be forked', async () => {
  await line.run(['fork', 'demo', '--at', '14', '--set', 'max_tokens=99', '--id', 'a', '--run', '--simulate'])
  const { run, calls, hits } = await line.json([
    'fork',
    'branch:a',
    '--event',
    '17',
    '--set',
    'max_tokens=98',
    '--id',
    'b',
    '--run',
    '--simulate'
  ])
  // The first answer was the parent's before; the third is taken from it.
  expect([run, calls, hits]).toEqual(['branch:b', 1, 1])
})

test('what does not fit is refused in a line, and nothing is made', async () => {
  const cases: [string[], string][] = [
    [[], 'fork needs to know where: pass --at with a number from 0 to 26, or --event.'],
    [['--at', '99'], '--at takes a whole number from 0 to 26.'],
    [['--at', '26', '--set', 'model=x'], 'There is no event after the first 26'],
    [['--at', '14', '--set', 'model'], '--set takes path=value, such as model=openai/gpt-5-mini, not "model".'],
    [['--event', '15'], '--event says what is changed, and --set how'],
    [['--event', '99', '--set', 'model=x'], 'There is no event "99" in demo: its events are 1 to 26.'],
    [['--at', '14', '--set', 'model=x', '--id', '../x'], "A ledger's name is"],
    [['--at', '14', '--set', '__proto__.x=1'], '']
  ]
  for (const [more, message] of cases) {
    const { code, stdout, stderr } = await line.run(['fork', 'demo', ...more])
    expect([code, stdout], more.join(' ')).toEqual([1, ''])
    expect(stderr).toMatch(/^daybook: [^\n]+\n$/)
    expect(stderr).toContain(message)
  }
  expect((await line.json(['list'])).runs.map(({ run }: { run: string }) => run)).toEqual(['demo'])
})

test('what is left out and put in is named, and a wrong name is refused with the nearest one', async () => {
  const message = '{"role":"system","content":"Be brief."}'
  const { code, stdout, stderr } = await line.run([
    ...['fork', 'demo', '--at', '14', '--estimate', '--simulate'],
    ...['--unset', 'max_tokens', '--insert', `messages.0=${message}`]
  ])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/messages\.0 = .*Be brief.* \(inserted\)\n +max_tokens \(left out\)\n/)
  const made = await line.json(['fork', 'demo', '--at', '14', '--run', '--simulate', '--unset', 'max_tokens'])
  expect(made.change).toMatchObject({ set: {}, remove: ['max_tokens'] })
  const cases: [string[], string][] = [
    [['--unset', 'max_token'], 'There is no max_token in this llm.request to leave out. Did you mean max_tokens?'],
    [['--unset', '/max_token'], 'There is no /max_token in this llm.request to leave out. Did you mean max_tokens?'],
    [['--unset', 'messages.0.contnet'], 'Did you mean messages.0.content?'],
    [['--unset', 'messages.7'], 'there is no messages.7'],
    [['--unset', 'model'], 'data.model must be a text'],
    [['--insert', 'messages.9={}'], 'there is no messages.9'],
    [['--insert', 'modle.0={}'], 'Did you mean model?'],
    [['--insert', 'messages.0'], '--insert takes path=value, such as messages.1='],
    [['--unset', 'model', '--set', 'model=x'], 'is set, and model removed']
  ]
  for (const [options, message] of cases) {
    const refused = await line.run(['fork', 'demo', '--at', '14', '--simulate', ...options])
    expect([refused.code, refused.stderr.replaceAll(/\s+/g, ' ')], options.join(' ')).toEqual([
      expect.any(Number),
      expect.stringContaining(message)
    ])
    expect(refused.code).not.toBe(0)
  }
})

test('a strict fork asks for what follows from the change, and ends before anything else is paid', async () => {
  const { asked, fetch } = asking()
  const changed = ['--at', '14', '--set', 'max_tokens=200', '--strict', '--run', '--simulate']
  const { code, stdout } = await line.run(['fork', 'demo', ...changed], { fetch })
  expect([code, asked()]).toEqual([0, 1])
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'a call that is not recorded and does not follow from the change ends it'
  )

  // A run whose requests nobody answered.
  const { run } = await line.json(['run', 'research', '--goal', 'Is tea warm?', '--model', 'simulated/model'])
  const { events } = await line.json(['replay', run])
  expect(events).toBeGreaterThan(0)
  const first = await line.json([
    'fork',
    run,
    '--at',
    '14',
    '--strict',
    '--estimate',
    '--simulate',
    '--unset',
    'max_tokens'
  ])
  expect(first).toMatchObject({ strict: true, estimate: { ends_at: expect.any(Number) } })
  const place = first.estimate.ends_at + 1
  const plan = await line.run([
    'fork',
    run,
    '--at',
    '14',
    '--strict',
    '--id',
    'late',
    '--simulate',
    '--unset',
    'max_tokens'
  ])
  expect(plan.stdout.replaceAll(/\s+/g, ' ')).toContain(`Strict it ends at event ${place}, llm.request-`)
  // Made now and run later, it is as strict.
  const ended = await line.run(['resume', 'late', '--simulate'], { fetch })
  expect([ended.code === 0, asked()]).toEqual([false, 1])
  expect(ended.stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /The strict branch ends at position \d+: a request is neither recorded nor follows from the change/
  )
})
