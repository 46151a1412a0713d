/**
 * Which OpenAI-style parameters each provider and model takes. Carried over by hand from LiteLLM 1.81.15 (MIT), and
 * corrected by the providers' own pages, as of 2026-11-21.
 *
 * A row is a list of rules: a pattern of model names, and words that are applied where it matches, one rule after the
 * other. At first every known parameter is taken. `=` alone: none but those that follow. `-x`: x is not taken. `x`: it
 * is. `x=1`: with this value only. `x!y`: not where y is given too (and is not 'none'). `x>y`: it is called y there.
 */
export type Rule = readonly [models: string, words: string]

/** The parameters that the table speaks of; all others are a provider's own and are its to judge. */
export const knownParameters: ReadonlySet<string> = new Set(
  (
    'temperature top_p n stop seed user frequency_penalty presence_penalty logit_bias logprobs top_logprobs tools ' +
    'tool_choice parallel_tool_calls functions function_call response_format reasoning_effort verbosity thinking ' +
    'max_tokens max_completion_tokens modalities audio prediction store service_tier safety_identifier ' +
    'prompt_cache_key prompt_cache_retention web_search_options'
  ).split(' ')
)

const all = ''
const common = '= temperature top_p stop max_tokens max_completion_tokens>max_tokens response_format tools '
const limit = 'max_completion_tokens>max_tokens '
const mute = '-thinking -reasoning_effort -verbosity '
const penalties = 'frequency_penalty presence_penalty '
/** Open models that think, wherever they run. */
const thinkers = 'gpt-oss|qwen3|deepseek-[rv]|think|reason|glm-[4-9]|magistral'
const o = '(^|/|:)o\\d'
const gpt5 = '(^|/|:)gpt-5(?!.*chat)'
const fixed = '-frequency_penalty -presence_penalty -top_p -logprobs -top_logprobs temperature=1 '

const openai: readonly Rule[] = [
  [all, '-thinking'],
  ['gpt-[34]|chatgpt|gpt-5.*chat|computer-use', '-reasoning_effort -verbosity'],
  [o, `${fixed}-verbosity -parallel_tool_calls`],
  ['(^|/|:)o1-(mini|preview)', '-tools -tool_choice -functions -function_call -response_format'],
  [`${o}-pro`, 'parallel_tool_calls'],
  [gpt5, `${fixed}-stop`],
  ['(^|/|:)gpt-5\\.\\d(?!.*(chat|pro|codex))', 'temperature=1!reasoning_effort'],
  ['^gpt-.*-search', '-temperature -top_p -frequency_penalty -presence_penalty -n']
]

const gemini = `${common}n tool_choice parallel_tool_calls reasoning_effort modalities audio `
const geminiOld: Rule = ['gemini-(1|2\\.0)|gemma', '-reasoning_effort']

export const parameterTable: Readonly<Record<string, readonly Rule[]>> = {
  openai,
  github: [...openai, [`${o}|${gpt5}`, 'max_tokens>max_completion_tokens']],
  azure: [
    ...openai,
    [o, 'parallel_tool_calls'],
    ['gpt-[34]', '-prompt_cache_retention -safety_identifier -service_tier']
  ],
  anthropic: [
    [
      all,
      '= temperature top_p stop max_tokens max_completion_tokens response_format tools tool_choice ' +
        'parallel_tool_calls reasoning_effort thinking user service_tier web_search_options'
    ],
    ['claude-([12]|3-(?!7)|instant)', '-reasoning_effort -thinking'],
    // Both at once are refused from Opus 4.1 and the 4.5 models on, either of them from Opus 4.7 and the 5 models on.
    ['opus-4-[1-6]|(sonnet|haiku)-4-[5-9]', 'top_p!temperature'],
    ['opus-4-[7-9]|(opus|sonnet|haiku)-[5-9]|fable|mythos', '-temperature -top_p']
  ],
  // Its OpenAI-compatible address refuses every name that it does not know.
  gemini: [[all, gemini], geminiOld],
  vertex_ai: [[all, `${gemini}${penalties}seed logprobs top_logprobs functions web_search_options -audio`], geminiOld],
  mistral: [[all, `${common}tool_choice parallel_tool_calls seed>random_seed`]],
  groq: [
    [all, mute + limit],
    [thinkers, 'reasoning_effort']
  ],
  deepseek: [[all, `-user -verbosity ${limit}`]],
  xai: [
    [all, `${common}-stop presence_penalty logit_bias logprobs top_logprobs n seed tool_choice user`],
    ['grok-[23](?!-mini)', 'stop frequency_penalty'],
    ['grok-3-mini', 'frequency_penalty reasoning_effort'],
    ['grok-code', 'reasoning_effort']
  ],
  openrouter: [['openai/(gpt-[34]|chatgpt)', mute]],
  perplexity: [
    [all, `${common}-stop -tools ${penalties}web_search_options`],
    ['reason|deep-research', 'reasoning_effort']
  ],
  cerebras: [
    [all, `${common}seed tool_choice user`],
    ['gpt-oss|glm', 'reasoning_effort']
  ],
  together_ai: [
    [all, `-user ${mute}${limit}`],
    [thinkers, 'reasoning_effort']
  ],
  fireworks_ai: [
    [all, `${common}${penalties}logprobs n user`],
    ['^(?!.*llama)', 'tool_choice'],
    [thinkers, 'reasoning_effort']
  ],
  ollama: [[all, `${common}${penalties}seed reasoning_effort`]],
  cohere: [
    [all, `${common}${penalties}seed`],
    ['reason', 'reasoning_effort']
  ],
  hosted_vllm: [[all, '-user -thinking -verbosity']],
  moonshot: [[all, `-user -functions -function_call ${mute}${limit}`]],
  dashscope: [[all, `-user ${mute}${limit}`]],
  huggingface: [
    [all, `-user ${mute}${limit}`],
    [thinkers, 'reasoning_effort']
  ],
  deepinfra: [
    [all, `${common}${penalties}functions function_call logit_bias n`],
    [thinkers, 'reasoning_effort']
  ],
  nvidia_nim: [[all, `${common}${penalties}seed tool_choice parallel_tool_calls`]],
  lm_studio: [
    [all, `-user ${mute}${limit}`],
    [thinkers, 'reasoning_effort']
  ]
}
