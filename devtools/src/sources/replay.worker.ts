/** The worker: a kit's responders on recorded answers. It has no key, and asks nobody. */
import { kitNamed } from './kits.js'
import { type ReplayAnswer, type ReplayOrder, replayHere } from './replay-strictly.js'

const answer = (message: ReplayAnswer): void => postMessage(message)

addEventListener('message', async ({ data }: MessageEvent<ReplayOrder>) => {
  try {
    const kit = await kitNamed(data.kit)
    if (!kit) throw new Error('This kit is not in the page.')
    const outcome = await replayHere(kit, data.events)
    // What was found may be anything that a responder made: as JSON it can be sent.
    answer({ type: 'done', outcome: JSON.parse(JSON.stringify(outcome)) })
  } catch (error) {
    answer({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
})
answer({ type: 'ready' })
