/** One thing that a schema refuses. */
export interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The issues of a value, for the client that sent it: path and message of each. */
export function listIssues(issues: readonly Issue[]): { path: string; message: string }[] {
  return issues.map(({ message, path = [] }) => ({
    path: path.map((step) => String(typeof step === "object" ? step.key : step)).join("."),
    message,
  }))
}

/** The same as JSON, for the reason of a close. */
export function describeIssues(issues: readonly Issue[]): string {
  return JSON.stringify(listIssues(issues))
}
