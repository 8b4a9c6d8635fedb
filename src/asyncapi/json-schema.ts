import { toJsonSchema } from "@valibot/to-json-schema"
import type { StandardSchema } from "../socket/json.ts"

/** A JSON Schema, and the checks of the original that it omits. */
export interface Described {
  readonly schema: Record<string, unknown>
  /** The types of checks and transformations that JSON Schema cannot express. */
  readonly leftOut: readonly string[]
}

type ValibotSchema = Parameters<typeof toJsonSchema>[0]

/** The JSON Schema of messages on the wire, which are the input of a schema. */
export function describeSchema(schema: StandardSchema<unknown, unknown>): Described {
  if (!isValibot(schema)) {
    return { schema: {}, leftOut: [`a schema of ${schema["~standard"].vendor}`] }
  }
  const leftOut = new Set<string>()
  const note = ({ errors }: { errors?: readonly string[] | undefined }) => {
    // 'The "trim" action cannot be converted to JSON Schema.'
    for (const error of errors ?? []) leftOut.add(/"(\w+)"/.exec(error)?.[1] ?? error)
    return undefined
  }
  const { $schema, ...converted } = toJsonSchema(schema, {
    typeMode: "input",
    errorMode: "ignore",
    overrideAction: note,
    overrideSchema(context) {
      for (const type of transformations(context.valibotSchema)) leftOut.add(type)
      return note(context)
    },
  })
  return { schema: converted, leftOut: [...leftOut] }
}

/** The description of the checks that a schema omits; `undefined` if there are none. */
export function leftOutText({ leftOut }: Described): string | undefined {
  return leftOut.length > 0 ? `Not in this schema: ${leftOut.join(", ")}.` : undefined
}

function isValibot(
  schema: StandardSchema<unknown, unknown>,
): schema is StandardSchema<unknown, unknown> & ValibotSchema {
  return schema["~standard"].vendor === "valibot"
}

/** The transformations in the pipe of a schema, with which the conversion stops. */
function transformations(schema: object): string[] {
  const pipe: readonly { kind: string; type: string }[] =
    "pipe" in schema && Array.isArray(schema.pipe) ? schema.pipe : []
  return pipe.filter(({ kind }) => kind === "transformation").map(({ type }) => type)
}
