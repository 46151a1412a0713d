/** Which provider a model's name stands for. */

/** Other names that LiteLLM has for a provider of the table. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['ollama_chat', 'ollama'],
  ['cohere_chat', 'cohere']
])

/** Known by name, but with a way of their own to sign requests, or without one address. */
export const refusedProviders: ReadonlySet<string> = new Set(['bedrock', 'azure_ai'])

/**
 * Bare names by provider, in the words of the price table, so that this does not need the table itself: the first line
 * that fits counts, and a test compares every bare name of the table. All others are OpenAI's.
 */
const bareNames: readonly (readonly [string, RegExp])[] = [
  ['anthropic', /^claude-/],
  // A tag after a colon is Ollama's way; `ft:` is OpenAI's fine-tuned models.
  ['ollama', /^(?!ft:)[^:]+:|^(?:codegeex|internlm|llama[23](?!\.1-|-)|deepseek-coder-v2|mi.+-[Ii]nstruct-(?:v|2407))/],
  ['perplexity', /^(?:sonar|pplx|codellama|llama-2|llama-3\.1.*instruct$|mi[sx]tral-8?x?7b-i)/],
  ['groq', /^(?:llama-3|gemma-7b)(?!.*70b$)/],
  ['cerebras', /^(?:llama3\.1-|llama-3|qwen-3-|zai-|gpt-oss-1)/],
  ['gemini', /^(?:gemini|gemma|learnlm|lyria)-/],
  ['cohere', /^command-/],
  ['xai', /^grok-/],
  ['deepseek', /^deepseek-/],
  ['fireworks_ai', /^(?:fireworks-ai|minimax|gpt-oss-20b|(?:glm|kimi|qwen)\S*\dp\d)/],
  ['moonshot', /^(?:kimi|moonshot)-/],
  ['dashscope', /^(?:qwen|qwq)/],
  ['mistral', /^(?:(?:labs-)?devstral|codestral|magistral|ministral|mistral|open-(?:mi|codestral)|pixtral)/],
  ['together_ai', /^together-ai-/]
]

/** The model's name with its provider before it: `gpt-5` is `openai/gpt-5`, `ollama_chat/x` is `ollama/x`. */
export function fullName(model: string): string {
  const slash = model.indexOf('/')
  if (slash < 0) {
    const [provider = 'openai'] = bareNames.find(([, pattern]) => pattern.test(model)) ?? []
    return `${provider}/${model}`
  }
  const alias = aliases.get(model.slice(0, slash))
  return alias === undefined ? model : alias + model.slice(slash)
}
