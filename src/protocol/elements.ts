import type { Params, Value } from "../routing/params.ts"
import type { StandardSchema } from "../socket/json.ts"
import type { FrameCodec } from "../socket/speech.ts"

/** Close codes and their meanings. */
export type Closes = Readonly<Record<number, string>>
/** The constraint of a query. */
export type QuerySchema = StandardSchema<object, object>

/** The input of a schema, for the side that sends. */
export type InputOf<S> =
  S extends FrameCodec<unknown, infer Out> ? Out : S extends StandardSchema<infer In, unknown> ? In : never
/** The output of a schema, for the side that receives. */
export type OutputOf<S> =
  S extends FrameCodec<infer In, never> ? In : S extends StandardSchema<unknown, infer Out> ? Out : never

/** The elements of the server's flow. */
export type Elements<Receives, Sends> = (element: InputOf<Sends>) => OutputOf<Receives>

/** The values for the query of a URL: a number can stand for a text. */
export type QueryInput<Q> =
  Q extends StandardSchema<infer In, unknown>
    ? { [Name in keyof In]: string extends In[Name] ? In[Name] | Value : In[Name] }
    : Record<never, never>

/** The params of a path that are entries of the query, too. */
type Shared<Path extends string, Q> = string extends keyof InputOf<Q> ? never : keyof Params<Path> & keyof InputOf<Q>

/** Refuses a query that has an entry with the name of a param, because a URL is made from one value for each name. */
export type DistinctNames<Path extends string, Q> = [Shared<Path, Q>] extends [never]
  ? unknown
  : { readonly query: `"${Shared<Path, Q> & string}" is a param of the path and in the query: rename one of them` }

/** The type of Hono's `c.req.valid("query")`. */
export type ValidatedQuery<Q> =
  Q extends StandardSchema<infer In, infer Out> ? { in: { query: In }; out: { query: Out } } : Record<never, never>

/**
 * The close codes after which a client does not reconnect: those of the protocol, and those that a new connection would get again.
 */
export type FinalCode<Codes extends Closes> = 1000 | 1003 | 1005 | 1008 | (keyof Codes & number)

/** The close codes that a client can send: a script cannot send 1003 and 1008. */
export type CloseCode<Codes extends Closes> = 1000 | 1005 | (keyof Codes & number)
