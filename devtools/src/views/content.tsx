/** What a message holds: texts as text, pictures as boxes that load nothing by themselves, the rest named. */
import { useState } from 'react'
import { oneLine } from '../model/mask.js'
import { bytes } from '../model/numbers.js'
import { hostOf, pictureOf, safeLink } from '../model/prose.js'
import { contentText, list, record, string } from '../model/read.js'
import { Clamped } from './late-parts.js'

/** A link that a person may follow, with the host that it leads to. */
export function SafeLink({ href, text }: { readonly href: string; readonly text: string }) {
  const host = hostOf(href)
  return (
    <>
      <a href={href} title={href.slice(0, 500)} target="_blank" rel="noopener noreferrer nofollow">
        {text}
      </a>
      {host !== '' && !text.includes(host) && <span className="meta"> {host}</span>}
    </>
  )
}

/** A picture is drawn on request, and only one that is in the text itself. Nothing is asked of the network. */
export function PictureBox({ url, label }: { readonly url: string; readonly label?: string | undefined }) {
  const [shown, setShown] = useState(false)
  const [failed, setFailed] = useState(false)
  const picture = pictureOf(url)
  const about = ['image', picture.type, picture.bytes === undefined ? picture.host : bytes(picture.bytes), label]
  return (
    <span className="picture">
      {shown && !failed && picture.drawable ? (
        <img src={url} alt={label || 'From the message'} onError={() => setFailed(true)} />
      ) : (
        <>
          <span className="clip" title={label}>
            {about.filter(Boolean).join(', ')}
          </span>
          {failed ? (
            <span className="meta">It cannot be drawn here.</span>
          ) : picture.drawable ? (
            <button type="button" className="more" onClick={() => setShown(true)}>
              Load
            </button>
          ) : safeLink(url) ? (
            <a href={url} title={url.slice(0, 500)} target="_blank" rel="noopener noreferrer nofollow">
              Open
            </a>
          ) : (
            <span className="meta">not drawn</span>
          )}
        </>
      )}
    </span>
  )
}

const maxParts = 40

/** A message's content: its texts in one piece, then what is attached to it. */
export function Content(props: { readonly content: unknown; readonly lines?: number; readonly mono?: boolean }) {
  const { content, lines = 6, mono = false } = props
  const text = typeof content === 'string' ? content : contentText(list(content).filter(isText))
  const others = list(content).filter(part => !isText(part))
  return (
    <>
      {text !== '' && <Clamped text={text} lines={lines} mono={mono} />}
      {others.slice(0, maxParts).map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message do not move
        <Attachment key={i} part={record(part)} />
      ))}
      {others.length > maxParts && <p className="meta">{others.length - maxParts} more attachments.</p>}
    </>
  )
}

function isText(part: unknown): boolean {
  return typeof part === 'string' || typeof record(part).text === 'string'
}

function Attachment({ part }: { readonly part: Record<string, unknown> }) {
  const type = string(part.type) ?? 'attachment'
  const inner = record(part[type])
  const url = string(inner.url) ?? string(part.image_url) ?? string(part.url)
  if (url !== undefined && /image/.test(type)) return <PictureBox url={url} />
  const name = string(inner.filename) ?? string(part.filename) ?? string(inner.format)
  const data = string(inner.file_data) ?? string(inner.data) ?? url
  const size = data === undefined ? undefined : data.startsWith('data:') ? pictureOf(data).bytes : data.length
  const words = [type.replaceAll('_', ' ').slice(0, 60), name, size === undefined ? undefined : bytes(size)]
  return (
    <span className="picture" title={oneLine(part, 300)}>
      <span className="clip">{words.filter(Boolean).join(', ')}</span>
    </span>
  )
}
