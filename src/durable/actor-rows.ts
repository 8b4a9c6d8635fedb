import type { ActorStage } from "../actor/actor-stage.ts"
import type { TimerStorage } from "../actor/timer-rows.ts"
import type { Logger } from "../stream/logger.ts"
import { contentOf, layout } from "./layout.ts"
import type { GraphRows } from "./shared/graph-row.ts"

type Stage = Pick<ActorStage<never>, "hasDirtyRows" | "writeRows" | "readTimers" | "rewriteTimers">

/** The rows beside the row of an actor: its timers and those of its children, if they are many. */
export class ActorRows implements TimerStorage, GraphRows {
  /** Whether the rows belong to a snapshot that was migrated, so that the next write replaces all of them. */
  isStale = false
  private isReported = false

  constructor(
    private readonly kv: SyncKvStorage,
    private readonly path: string,
    private readonly actor: { readonly log: Logger; stage(): Stage | undefined },
  ) {}

  get stage(): Stage | undefined {
    return this.actor.stage()
  }

  get isDirty(): boolean {
    return this.isStale || this.stage?.hasDirtyRows === true
  }

  get(key: string): unknown {
    const stored = this.read(prefix + key)
    const content = contentOf(stored)
    if (stored !== undefined && !content) this.report()
    return content?.[0]
  }

  put(key: string, row: unknown): void {
    this.kv.put(prefix + key, [layout, row])
  }

  write(): void {
    if (this.isStale) this.deleteAll()
    this.stage?.writeRows()
    this.isStale = false
  }

  delete(key: string): void {
    this.kv.delete(prefix + key)
  }

  deleteAll(): void {
    for (const [key] of this.kv.list({ prefix: `${prefix}${this.path}/` })) this.kv.delete(key)
  }

  /** Returns an empty list for an unreadable row: reading a deeply nested value can overflow the stack although writing it did not. */
  private read(key: string): unknown {
    try {
      return this.kv.get(key)
    } catch (error) {
      if (error instanceof RangeError) return []
      throw error
    }
  }

  private report(): void {
    if (this.isReported) return
    this.isReported = true
    this.actor.log({ level: "error", event: "timers unreadable", actor: this.path })
  }
}

const prefix = "sluice:timers:"
