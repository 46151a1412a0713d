import { expect, test, watch } from './test.js'

// The frame of the page tests, tested: each of these would fail by itself, so the faults are looked at in a second context.
const cases: [what: string, script: string, fault: RegExp][] = [
  [
    'asks another machine',
    `fetch('http://192.0.2.1/x').catch(() => {})`,
    /left this machine: http:\/\/192\.0\.2\.1\/x/
  ],
  ['opens a WebSocket to another machine', `new WebSocket('ws://192.0.2.1/x')`, /left this machine: ws:\/\/192/],
  ['loads an image from elsewhere', `new Image().src = 'https://192.0.2.1/i.png'`, /left this machine: https:/],
  ['throws', `setTimeout(() => { throw new Error('oh') })`, /script error: Error: oh/],
  ['rejects unseen', `void Promise.reject(new Error('ah'))`, /script error: Error: ah/],
  ['logs an error', `console.error('uh')`, /console error: uh/]
]

for (const [what, script, fault] of cases) {
  test(`a page that ${what} is noticed`, async ({ browser }) => {
    const context = await browser.newContext()
    const faults: string[] = []
    await watch(context, seen => faults.push(seen))
    const page = await context.newPage()
    await page.evaluate(text => {
      const element = document.createElement('script')
      element.textContent = text
      document.body.append(element)
    }, script)
    await expect.poll(() => faults.join('\n')).toMatch(fault)
    await context.close()
  })
}

test.fail('a test whose page asked another machine fails', async ({ page }) => {
  await page.goto('about:blank')
  await page.evaluate(() => fetch('http://192.0.2.1/').catch(() => {}))
})

test('a loopback request is nobody’s concern', async ({ page }) => {
  await page.goto('/')
  expect(await page.evaluate(async () => (await fetch('/')).status)).toBe(200)
})
