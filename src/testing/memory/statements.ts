/** Quoted text, which may hold anything. */
const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"/
const comment = /--[^\n]*|\/\*[\s\S]*?\*\//
/** The statements of a trigger end with a semicolon, also the last one before its END. A CASE has none before its own. */
const trigger = /\bCREATE\s+(?:TEMP\w*\s+)?TRIGGER\b[\s\S]*?;\s*END\b/
const tokens = new RegExp(`${quoted.source}|${comment.source}|${trigger.source}|;|[^;]`, "gi")
const unread = new RegExp(`${quoted.source}|${comment.source}`, "g")
const comments = new RegExp(comment.source, "g")

/** The statements of a query. They are separated by semicolons, except in quotes, comments and triggers. */
export function statementsIn(query: string): string[] {
  const statements = [""]
  for (const [part] of query.matchAll(tokens)) {
    if (part === ";") statements.push("")
    else statements[statements.length - 1] += part
  }
  return statements.filter((statement) => statement.replaceAll(comments, "").trim() !== "")
}

/** How many values a statement takes: the largest number of its parameters `?` and `?2`, of which `?` has the next number. */
export function parametersOf(statement: string): number {
  const parameters = statement.replaceAll(unread, "").matchAll(/\?(\d*)/g)
  return [...parameters].reduce((most, [, number]) => (number ? Math.max(most, Number(number)) : most + 1), 0)
}

/** Whether a statement only reads, which does not shut the output gate. */
export function isRead(statement: string): boolean {
  return /^\s*(?:select|values|explain|pragma)\b/i.test(statement)
}
