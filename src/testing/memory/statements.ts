/** Quoted text, which may hold anything. */
const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/
const comment = /--[^\n]*|\/\*[\s\S]*?\*\//
/** The statements of a trigger end with a semicolon, also the last one before its END. A CASE has none before its own. */
const trigger = /\bCREATE\s+(?:TEMP\w*\s+)?TRIGGER\b[\s\S]*?;\s*END\b/
const tokens = new RegExp(`${quoted.source}|${comment.source}|${trigger.source}|;|[^;]`, "gi")
const parameters = new RegExp(`${quoted.source}|${comment.source}|[A-Z_][\\w$]*|\\?\\d*|[:@$]\\w+`, "gi")
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

/** A statement for SQLite, and how many values it takes. */
export interface Numbered {
  readonly sql: string
  readonly count: number
}

/** The statement with numbered parameters: `?` has the number after the largest so far, and each name a number of its own. */
export function numbered(statement: string): Numbered {
  const names = new Map<string, number>()
  let count = 0
  const sql = statement.replaceAll(parameters, (token) => {
    if (!/^[?:@$]/.test(token)) return token
    const number = Number(/^\?(\d+)/.exec(token)?.[1]) || (names.get(token) ?? count + 1)
    if (token !== "?") names.set(token, number)
    count = Math.max(count, number)
    return `?${number}`
  })
  return { sql, count }
}

/** Whether a statement only reads, which does not shut the output gate. */
export function isRead(statement: string): boolean {
  return /^\s*(?:select|values|explain|pragma)\b/i.test(statement)
}
