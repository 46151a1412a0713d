import { expect, test } from 'vitest'

const attempts: Record<string, () => unknown> = {
  XMLHttpRequest: () => new XMLHttpRequest().open('GET', 'http://192.0.2.1/'),
  WebSocket: () => new WebSocket('ws://192.0.2.1/'),
  EventSource: () => new EventSource('http://192.0.2.1/'),
  sendBeacon: () => navigator.sendBeacon('http://192.0.2.1/', 'x')
}

for (const [name, attempt] of Object.entries(attempts)) {
  test.fails(`a test that leaves this machine by ${name} fails, even where the error was swallowed`, () => {
    expect.soft(attempt).toThrow('this machine only')
  })
}

test('this machine may be asked, by every way', async () => {
  expect((await fetch(location.href)).ok).toBe(true)
  const request = new XMLHttpRequest()
  request.open('GET', '/')
  const socket = new WebSocket('ws://127.0.0.1:9')
  socket.onerror = () => {}
  socket.close()
})
