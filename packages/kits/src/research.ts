/**
 * Research: a goal becomes three questions, each question is put to the model, and the answers become a synthesis.
 * The three calls are in flight together, because nothing that they need comes from one another.
 */
import { type Kit, responder, type World, type WorldObject } from 'daybook'
import { created, objectOf, patched, related, textOf } from './drafts.js'
import { maxTokensOf, modelOf } from './options.js'

const research: Kit = {
  name: 'research',
  version: '1.0.0',

  seed(goal, options) {
    modelOf('research', options) // better to miss it here than in the middle of a run
    return [created('goal-1', 'Goal', { text: goal.trim() })]
  },

  responders: options => [
    responder('research.on_goal_created', 'object.created', (event, world, { id }) => {
      const goal = objectOf(world, event.data.id, 'Goal')
      if (!goal) return []
      return questions(textOf(goal)).flatMap(text => {
        const question = id('question')
        return [
          created(question, 'Question', { text, goal_id: goal.id }),
          related(id('decomposes'), 'decomposes_into', goal.id, question)
        ]
      })
    }),

    responder('research.on_question_created', 'object.created', (event, world, { id }) => {
      const question = objectOf(world, event.data.id, 'Question')
      if (!question) return []
      const finding = id('finding')
      const text = `Waiting for an answer to: ${textOf(question)}`
      return [
        created(finding, 'Finding', { text, question_id: question.id, status: 'pending' }),
        related(id('answers'), 'answers', finding, question.id)
      ]
    }),

    responder('research.on_finding_created', 'object.created', (event, world, { id }) => {
      const finding = objectOf(world, event.data.id, 'Finding')
      const goal = finding && goalOf(world, finding)
      if (!goal || synthesisOf(world, goal)) return []
      const asked = questionsOf(world, goal)
      // The world is the one right after this finding: only the last of them sees every question covered.
      const covered = asked.filter(({ id }) => id === finding.data.question_id || findingOf(world, id))
      if (asked.length === 0 || covered.length < asked.length) return []
      const synthesis = id('synthesis')
      const summary = `Waiting for the findings on: ${textOf(goal)}`
      return [
        created(synthesis, 'Synthesis', { summary, goal_id: goal.id, finding_count: asked.length, status: 'pending' }),
        related(id('synthesizes'), 'synthesizes', synthesis, goal.id)
      ]
    }),

    responder('research.on_pending_finding_created', 'object.created', (event, world) => {
      const finding = objectOf(world, event.data.id, 'Finding')
      const question = finding && world.object(String(finding.data.question_id))
      if (!question || finding.data.status !== 'pending') return []
      const request = {
        model: modelOf('research', options),
        messages: [{ role: 'user', content: textOf(question) }],
        max_tokens: maxTokensOf(options),
        cause_object_id: finding.id
      } as const
      return [{ type: 'llm.request', data: request }]
    }),

    responder('research.on_llm_response', ['llm.response', 'llm.failed'], (event, world) => {
      const finding = objectOf(world, event.data.cause_object_id, 'Finding')
      if (finding?.data.status !== 'pending') return []
      return event.type === 'llm.response'
        ? [patched(finding.id, { text: event.data.text, status: 'complete' })]
        : [patched(finding.id, { status: 'failed', error: event.data.message })]
    }),

    responder('research.on_finding_patched', 'object.patched', (event, world) => {
      const finding = objectOf(world, event.data.id, 'Finding')
      const goal = finding && goalOf(world, finding)
      const synthesis = goal && synthesisOf(world, goal)
      if (!goal || synthesis?.data.status !== 'pending') return []
      const findings = questionsOf(world, goal).map(({ id }) => findingOf(world, id))
      if (findings.some(found => found?.data.status !== 'complete' && found?.data.status !== 'failed')) return []
      const missing = findings.filter(found => found?.data.status === 'failed').length
      const summary = findings.map(found => (found ? conclusion(world, found) : '')).join('\n\n')
      return [patched(synthesis.id, { summary, status: 'complete', ...(missing > 0 ? { missing } : {}) })]
    })
  ]
}

export default research

/** Three questions that make sense for any goal, be it a question itself, a task or a name. */
function questions(goal: string): string[] {
  const trimmed = goal.trim().replace(/\?+$/, '?')
  const sentence = /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`
  return [
    `${sentence} Which facts about it are well established?`,
    `${sentence} What makes it hard, and what could go wrong?`,
    `${sentence} What speaks for it, what speaks against it, and how strong is that evidence?`
  ]
}

/** What a finding adds to the summary: its text, or what is missing. */
function conclusion(world: World, finding: WorldObject): string {
  if (finding.data.status === 'complete') return textOf(finding)
  const question = world.object(String(finding.data.question_id))
  return `Not answered: ${question ? textOf(question) : finding.id} (${String(finding.data.error)})`
}

function goalOf(world: World, finding: WorldObject): WorldObject | undefined {
  const question = world.object(String(finding.data.question_id))
  return question && world.object(String(question.data.goal_id))
}

function questionsOf(world: World, goal: WorldObject): { readonly id: string }[] {
  return world.relationsOf(goal.id, 'decomposes_into').map(({ target_id }) => ({ id: target_id }))
}

function findingOf(world: World, question: string): WorldObject | undefined {
  const [answers] = world.relationsOf(question, 'answers')
  return answers && world.object(answers.source_id)
}

function synthesisOf(world: World, goal: WorldObject): WorldObject | undefined {
  const [synthesizes] = world.relationsOf(goal.id, 'synthesizes')
  return synthesizes && world.object(synthesizes.source_id)
}
