import type { Said } from "./chat.ts"

type Row = { seq: number; name: string; text: string; at: number }

/**
 * The last messages of a room, in SQLite. A message overwrites the one that is `bound` messages older, so each costs one row
 * written, and nothing is ever deleted.
 */
export class ChatHistory {
  /** The number of the last message; 0 if there is none. */
  latest: number

  constructor(
    private readonly sql: SqlStorage,
    private readonly bound = 1000,
  ) {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS said (slot INTEGER PRIMARY KEY, seq INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL)",
    )
    const [row] = sql.exec<{ seq: number | null }>("SELECT MAX(seq) AS seq FROM said").toArray()
    this.latest = row?.seq ?? 0
  }

  /** Stores a message under the next number. */
  add(name: string, text: string, at: number): Said {
    const seq = ++this.latest
    this.sql.exec(
      "INSERT OR REPLACE INTO said (slot, seq, name, text, at) VALUES (?, ?, ?, ?, ?)",
      seq % this.bound,
      seq,
      name,
      text,
      at,
    )
    return { type: "said", name, text, seq, at }
  }

  /** The message of a number, if it is still there. */
  get(seq: number): Said | undefined {
    const query = "SELECT seq, name, text, at FROM said WHERE slot = ? AND seq = ?"
    const [row] = this.sql.exec<Row>(query, seq % this.bound, seq).toArray()
    return row && { type: "said", ...row }
  }

  /** The last so many messages, the oldest first. */
  last(count: number): Said[] {
    return this.sql
      .exec<Row>("SELECT seq, name, text, at FROM said WHERE seq > ? ORDER BY seq", this.latest - count)
      .toArray()
      .map((row) => ({ type: "said", ...row }))
  }
}
