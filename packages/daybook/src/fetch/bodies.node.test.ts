/** Requests that programs really sent, in our vocabulary and back: nothing is lost that matters. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { renderMessages } from '../llm/wire/messages-request.js'
import { renderResponses } from '../llm/wire/responses-request.js'
import { list, record } from '../llm/wire/wire.js'
import { fromMessages } from './messages-body.js'
import { fromResponses } from './responses-body.js'

type Fields = Record<string, unknown>

const folder = `${process.env.DAYBOOK_FIXTURES ?? '../shared/fixtures'}/open`
const names = existsSync(folder) ? readdirSync(folder).filter(name => existsSync(`${folder}/${name}/request.json`)) : []
if (names.length === 0) console.warn('recorded answers not present')

const recorded = names.map(name => {
  const { url, body } = JSON.parse(readFileSync(`${folder}/${name}/request.json`, 'utf8')) as {
    url: string
    body: Fields
  }
  return { name, url, body }
})

/** What the same request may say in two ways, said in one. */
function usual({ input, instructions, tools, reasoning, ...body }: Fields): Fields {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : list(input)
  const lead = instructions ? [{ role: 'system', content: instructions }] : []
  return {
    ...saying(body),
    ...(reasoning ? { reasoning: saying(record(reasoning)) } : {}),
    ...(input
      ? { input: [...lead, ...items].map(item => itemOf(record(item))).filter(({ content }) => content !== '') }
      : {}),
    ...(tools ? { tools: list(tools).map(tool => toolOf(record(tool))) } : {}),
    include: list(body.include).toSorted()
  }
}

/** Without members that say nothing. */
function saying(fields: Readonly<Fields>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

function itemOf({ id: _id, status: _status, ...item }: Readonly<Fields>): Fields {
  if (!item.role) return item
  const content = list(item.content).map(record)
  const said = content.every(({ text }) => text) ? content.map(({ text }) => text).join('') : item.content
  return { type: 'message', ...item, content: typeof item.content === 'string' ? item.content : said }
}

/** Our tools have no place for what one provider alone knows of a function. */
function toolOf({ defer_loading: _deferred, ...tool }: Readonly<Fields>): Fields {
  return tool.type === 'function' ? { strict: false, ...tool } : tool
}

describe.skipIf(names.length === 0)('recorded requests', () => {
  const asked = (end: string) => recorded.filter(({ url }) => url.replace(/[?].*/, '').endsWith(end))

  test.each(asked('/messages'))('$name to Messages', ({ body }) => {
    const { body: back, dropped } = renderMessages(fromMessages(body, 'anthropic'), { provider: 'anthropic' })
    expect(dropped).toEqual([])
    expect(usual(back)).toEqual(usual(body))
  })

  test.each(asked('/responses'))('$name to Responses', ({ body: given }) => {
    const body = { stream: false, ...given }
    const { body: back, dropped } = renderResponses(fromResponses(body, 'openai'), { provider: 'openai' })
    expect(dropped.filter(name => name !== 'background')).toEqual([])
    expect(usual(back)).toEqual(usual(body))
  })
})
