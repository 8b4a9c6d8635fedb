import { paramsOf } from "../routing/address.ts"
import type { Params } from "../routing/params.ts"
import { inputJsonSchema } from "../socket/standard-json-schema.ts"
import type { InputOf, QuerySchema } from "./elements.ts"

/** The params of a path that are entries of the query, too. */
type Shared<Path extends string, Q> = string extends keyof InputOf<Q> ? never : keyof Params<Path> & keyof InputOf<Q>

/** Refuses a query that has an entry with the name of a param, because a URL is made from one value for each name. */
export type DistinctNames<Path extends string, Q> = [Shared<Path, Q>] extends [never]
  ? unknown
  : { readonly query: `"${Shared<Path, Q> & string}" is a param of the path and in the query: rename one of them` }

/** The part of valibot's schemas that has the names. */
interface Described {
  readonly entries?: object
  readonly options?: readonly QuerySchema[]
}

/** The names in a query, as far as its schema shows them: one of valibot, or one with Standard JSON Schema. */
function namesOf(query: QuerySchema): string[] {
  const { entries, options = [] }: Described = query as Described
  const properties = entries ?? inputJsonSchema(query, "draft-07")?.properties ?? {}
  return [...Object.keys(properties), ...options.flatMap(namesOf)]
}

/** Throws a `TypeError` for a param of the path that is in the query, too. */
export function checkNames(path: string, query: QuerySchema | undefined): void {
  const names = query ? namesOf(query) : []
  for (const name of paramsOf(path)) {
    if (names.includes(name))
      throw new TypeError(`"${name}" is a param of ${path} and in the query of its protocol: rename one of them`)
  }
}
