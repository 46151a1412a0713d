/** Schemas of any make, as one: zod and every other Standard Schema, or plain JSON Schema. */
import type { JsonObject } from '../json.js'

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
  /** What a provider is told: draft 2020-12, of the input, so that what has a default may be left out. */
  readonly jsonSchema: JsonObject
  /**
   * Checks a value that a model wrote. A null where the schema has an optional member that cannot be null counts as
   * left out (strict modes know no optional members), and defaults are filled in.
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

/** @throws InputError where it is no schema, or one that cannot be written as JSON Schema. */
export function schemaOf<Output>(_source: SchemaSource<Output>): Schema<Output> {
  throw new Error('to be written')
}
