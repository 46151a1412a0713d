/**
 * Diligence: a company becomes a claim that the model fills in; evidence, contradictions and reports that are added
 * are tied to what they are about.
 */
import { type Kit, responder } from 'daybook'
import { created, objectOf, patched, related } from './drafts.js'
import { maxTokensOf, modelOf } from './options.js'

const diligence: Kit = {
  name: 'diligence',
  version: '1.0.0',

  seed(goal, options) {
    modelOf('diligence', options) // better to miss it here than in the middle of a run
    return [created('company-1', 'Company', { name: goal.trim() })]
  },

  responders: options => [
    responder('diligence.on_company_created', 'object.created', (event, world, { id }) => {
      const company = objectOf(world, event.data.id, 'Company')
      if (!company) return []
      const text = `Pending research for ${String(company.data.name)}`
      return [created(id('claim'), 'Claim', { text, company_id: company.id, status: 'pending' })]
    }),

    responder('diligence.on_pending_claim_created', 'object.created', (event, world) => {
      const claim = objectOf(world, event.data.id, 'Claim')
      const company = claim && objectOf(world, String(claim.data.company_id), 'Company')
      if (!company || claim.data.status !== 'pending') return []
      const content = `What should somebody know before doing business with ${String(company.data.name)}? Say in short what it does, how it earns its money, what is new, and where the risks are.`
      const request = {
        model: modelOf('diligence', options),
        messages: [{ role: 'user', content }],
        max_tokens: maxTokensOf(options),
        cause_object_id: claim.id
      } as const
      return [{ type: 'llm.request', data: request }]
    }),

    responder('diligence.on_llm_response', ['llm.response', 'llm.failed'], (event, world) => {
      const claim = objectOf(world, event.data.cause_object_id, 'Claim')
      if (claim?.data.status !== 'pending') return []
      return event.type === 'llm.response'
        ? [patched(claim.id, { text: event.data.text, status: 'complete' })]
        : [patched(claim.id, { status: 'failed', error: event.data.message })]
    }),

    responder('diligence.on_evidence_created', 'object.created', (event, world, { id }) => {
      const evidence = objectOf(world, event.data.id, 'Evidence')
      const claim = evidence?.data.claim_id
      return typeof claim === 'string' ? [related(id('sourced'), 'sourced_from', event.data.id, claim)] : []
    }),

    // Evidence may be there before the claim that it is for.
    responder('diligence.on_claim_created', 'object.created', (event, world, { id }) => {
      const claim = objectOf(world, event.data.id, 'Claim')
      if (!claim) return []
      return [...world.objects.values()]
        .filter(({ type, data }) => type === 'Evidence' && data.claim_id === claim.id)
        .map(evidence => related(id('supports'), 'supports', evidence.id, claim.id))
    }),

    responder('diligence.on_contradiction_created', 'object.created', (event, world, { id }) => {
      const contradiction = objectOf(world, event.data.id, 'Contradiction')
      const a = objectOf(world, contradiction?.data.claim_a_id, 'Claim')
      const b = objectOf(world, contradiction?.data.claim_b_id, 'Claim')
      return a && b ? [related(id('contradicts'), 'contradicts', a.id, b.id)] : []
    }),

    responder('diligence.on_report_requested', 'object.created', (event, world, { id }) => {
      const report = objectOf(world, event.data.id, 'Report')
      const company = objectOf(world, report?.data.company_id, 'Company')
      return report && company ? [related(id('depends'), 'depends_on', report.id, company.id)] : []
    })
  ]
}

export default diligence
