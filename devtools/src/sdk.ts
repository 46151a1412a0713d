/**
 * What the panel uses of the SDK, in one module that is loaded when it is first needed: of a module that is loaded whole,
 * a bundler leaves nothing out.
 */
export {
  comparedRows,
  diffFields,
  diffWords,
  parseJSONL,
  toJSONL
} from 'daybook'
