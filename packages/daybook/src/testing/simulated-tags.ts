/** Tags and fenced blocks that a text asks an answer to have, and an answer that has them. */

export interface AskedTags {
  readonly xml: readonly string[]
  readonly fences: readonly string[]
}

const most = 10

/** Those of which the text shows an example: `<tag>…</tag>`, or three backticks with a language. */
export function tagsIn(text: string): AskedTags {
  const open = new Set<string>()
  const xml = new Set<string>()
  for (const [, end, name = ''] of text.matchAll(/<(\/?)([a-z][\w.-]{0,60})(?:\s[^<>]{0,500})?>/gi)) {
    if (!end) open.add(name)
    else if (open.has(name)) xml.add(name)
  }
  const fences = new Set([...text.matchAll(/```([a-z][\w+#.-]{0,30})/gi)].map(([, language = '']) => language))
  return { xml: [...xml].slice(0, most), fences: [...fences].slice(0, most) }
}

export function tagged({ xml, fences }: AskedTags, topic: string): string {
  return [
    ...xml.map(name => `<${name}>a simulated ${name.replaceAll(/[_.-]+/g, ' ')} about ${topic}</${name}>`),
    ...fences.map(language => `\`\`\`${language}\n${samples.get(language.toLowerCase()) ?? 'simulated'}\n\`\`\``)
  ].join('\n\n')
}

const samples: ReadonlyMap<string, string> = new Map([
  ['json', '{ "simulated": true }'],
  ...['js', 'javascript', 'ts', 'typescript', 'mjs'].map(name => [name, "console.log('simulated')"] as const),
  ...['py', 'python'].map(name => [name, "print('simulated')"] as const),
  ...['sh', 'bash', 'shell'].map(name => [name, 'echo simulated'] as const),
  ['sql', "SELECT 'simulated';"],
  ['html', '<p>simulated</p>'],
  ['xml', '<simulated />'],
  ['css', '/* simulated */']
])
