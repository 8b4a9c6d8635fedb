import { listIssues } from "./issues.ts"
import type { StandardSchema } from "./json.ts"

/** Returns the output of a schema. Throws a `TypeError` about `what` for a value that it refuses, with `remedy` as the last sentence. */
export function validated<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  what: string,
  remedy?: string,
): Output {
  const result = schema["~standard"].validate(value)
  if (result instanceof Promise) throw new TypeError(`${what} has an asynchronous schema: use a synchronous one`)
  if (!result.issues) return result.value
  const issues = listIssues(result.issues).map(({ path, message }) => (path ? `${path}: ${message}` : message))
  const refusal = `${what} is refused by its schema: ${issues.join("; ")}`
  throw new TypeError(remedy ? `${refusal}. ${remedy}` : refusal)
}
