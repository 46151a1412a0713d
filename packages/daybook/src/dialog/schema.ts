/** Schemas of any make, as one: zod and every other Standard Schema, or plain JSON Schema. */
import { InputError, shown } from '../errors.js'
import { frozenCopy, isRecord, type JsonObject } from '../json.js'
import { lines, pathOf } from './issues.js'
import { plainJsonSchema } from './json-schema.js'
import { depthOver, maxValueDepth } from './json-values.js'
import { schemaReader } from './schema-reader.js'

/** What Standard Schema asks of a schema (version 1), as far as it is used here. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
    /** Standard JSON Schema: zod from 4.2 on, ArkType, and others have it. */
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: string }) => Record<string, unknown>
      readonly output: (options: { readonly target: string }) => Record<string, unknown>
    }
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] }

/** What a person may pass where a schema is wanted. JSON Schema is of draft 2020-12. */
export type SchemaSource<Output = unknown> = StandardSchema<Output> | JsonObject

/** What a schema's values are, once they are checked. */
export type OutputOf<Source> = Source extends StandardSchema<infer Output> ? Output : unknown

export interface Schema<Output = unknown> {
  /** What a provider is told: draft 2020-12, of the input, so that what has a default may be left out. Frozen. */
  readonly jsonSchema: JsonObject
  /**
   * Checks a value that a model wrote. A null where the schema has an optional member that cannot be null counts as
   * left out (strict modes know no optional members), and defaults are filled in. The value itself is not changed.
   */
  validate(value: unknown): Promise<Validated<Output>>
}

export type Validated<Output> =
  | { readonly ok: true; readonly value: Output }
  | {
      readonly ok: false
      /** One line each: `at $.items[2].price: expected a number`. */
      readonly issues: readonly string[]
    }

/** Asked for at each request, so each source is read once; whoever changes one afterwards is not heard. */
const known = new WeakMap<object, Schema>()

/** @throws InputError where it is no schema, or one that cannot be written as JSON Schema. */
export function schemaOf<Output>(source: SchemaSource<Output>): Schema<Output> {
  if ((typeof source !== 'object' && typeof source !== 'function') || source === null || Array.isArray(source)) {
    throw new InputError(`A schema is wanted, and this is ${shown(source)}: pass a zod schema or JSON Schema.`)
  }
  const old = known.get(source)
  if (old) return old as Schema<Output>
  const made = isStandard(source) ? standardSchema(source) : plainJsonSchema(source as JsonObject)
  known.set(source, made)
  // A schema of ours stands for itself, so that what a prompt has can be given to another.
  known.set(made, made)
  return made as Schema<Output>
}

function isStandard(source: object): source is StandardSchema {
  return isRecord((source as Partial<StandardSchema>)['~standard'])
}

function standardSchema(source: StandardSchema): Schema {
  const { vendor, validate } = source['~standard']
  const { $schema: _, ...jsonSchema } = frozenCopy(inputOf(source))
  const reader = schemaReader(jsonSchema as JsonObject)
  return {
    jsonSchema: Object.freeze(jsonSchema) as JsonObject,
    async validate(value) {
      if (depthOver(value, maxValueDepth)) return tooDeep
      try {
        const result = await validate(reader.withoutNulls(value))
        return result.issues ? { ok: false, issues: lines(result.issues) } : { ok: true, value: result.value }
      } catch (error) {
        // A check of the caller's that throws, or a schema that goes deeper than the stack.
        return { ok: false, issues: [`at $: the ${vendor} schema failed while it checked: ${shown(String(error))}`] }
      }
    }
  }
}

const tooDeep: Validated<never> = {
  ok: false,
  issues: [`at $: nested more than ${maxValueDepth} levels deep`]
}

function inputOf(source: StandardSchema): Record<string, unknown> {
  const { vendor, jsonSchema } = source['~standard']
  if (typeof jsonSchema?.input !== 'function') {
    throw new InputError(
      `This ${shown(vendor)} schema cannot say its JSON Schema: pass the JSON Schema itself instead (zod/mini: z.toJSONSchema(schema)), or a schema of zod 4.2 or newer.`
    )
  }
  try {
    return jsonSchema.input({ target: 'draft-2020-12' })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const where = pathOf(culprit(source))
    throw new InputError(`The schema cannot be written as JSON Schema, at ${where}: ${reason}`, { cause })
  }
}

/** The way to the part that cannot be written, as far as zod's definitions show it. */
function culprit(source: unknown): readonly unknown[] {
  const path: unknown[] = []
  let at = source
  for (let depth = 0; depth < 50; depth++) {
    const found = parts(at).find(([, part]) => !canBeWritten(part))
    if (!found) break
    path.push(...found[0])
    at = found[1]
  }
  return path
}

function canBeWritten(part: unknown): boolean {
  try {
    ;(part as StandardSchema)['~standard'].jsonSchema?.input({ target: 'draft-2020-12' })
    return true
  } catch {
    return false
  }
}

function parts(schema: unknown): readonly (readonly [path: readonly unknown[], part: unknown])[] {
  const def = (schema as { _zod?: { def?: Record<string, unknown> } } | undefined)?._zod?.def
  if (!def) return []
  const lists = [def.options, def.items].filter(Array.isArray) as unknown[][]
  return [
    ...Object.entries(isRecord(def.shape) ? def.shape : {}).map(([name, part]) => [[name], part] as const),
    ...(def.element ? [[['*'], def.element] as const] : []),
    ...(def.valueType ? [[['*'], def.valueType] as const] : []),
    ...[def.innerType, def.in, def.left, def.right, ...lists.flat()].flatMap(part =>
      part ? [[[], part] as const] : []
    ),
    ...(typeof def.getter === 'function' ? [[[], def.getter()] as const] : [])
  ]
}
