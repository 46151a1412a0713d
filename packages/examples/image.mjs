// A picture and a question about it. The picture is a PNG of 64 × 64 pixels, made right here.
import { crc32, deflateSync } from 'node:zlib'
import { createDaybook, Dialog, memoryCache } from 'daybook'
import { simulatedFetch } from 'daybook/testing'

// A real provider: leave out `fetch` and set OPENAI_API_KEY.
const fetch = simulatedFetch({ speed: 10 })
const model = 'openai/gpt-5-mini'
const daybook = createDaybook({ model, fetch, cache: memoryCache(), record: 'none' })

const dialog = new Dialog()
await dialog.putImage(sunset(64), { caption: 'My painting' }) // bytes, a File, a data URL or an https address
dialog.putText('Which colours do you see?')

const stream = daybook.invoker.call(dialog, { model })
for await (const delta of stream) if (delta.type === 'text.delta') process.stdout.write(delta.text)
dialog.append((await stream).message)
console.log(`\n\n${dialog.overview({ maxLength: 60 })}`)

/** A square that goes from blue to red. */
function sunset(size) {
  const row = y => [0, ...Array.from({ length: size }, () => [4 * y, 60, 255 - 4 * y]).flat()]
  const pixels = Buffer.from(Array.from({ length: size }, (_, y) => row(y)).flat())
  const header = Buffer.from([0, 0, 0, size, 0, 0, 0, size, 8, 2, 0, 0, 0])
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND')])
}

function chunk(type, data = Buffer.alloc(0)) {
  const body = Buffer.concat([Buffer.from(type), data])
  const ends = [data.length, crc32(body)].map(number => Buffer.from(number.toString(16).padStart(8, '0'), 'hex'))
  return Buffer.concat([ends[0], body, ends[1]])
}
