import type { Watch } from "./death-watch.ts"
import type { MailboxSettings } from "./mailbox.ts"
import type { SavedTimer } from "./timers.ts"

/** What is saved of an actor and of its children. */
export interface SavedActor {
  /** Its path, where that does not follow from the blueprint. */
  path?: string
  state?: unknown
  timers?: SavedTimer[]
  restarts?: readonly [count: number, since: number]
  children?: SavedChild[]
  numbered?: number
  /** Its watches within its own scope. */
  watching?: readonly Watch[]
}
export type SavedChild = [name: string, type: string, args: unknown, mailbox: MailboxSettings, actor: SavedActor]

/** What an actor that has failed starts again from: a snapshot, or what is stored already. */
export type Kept = SavedActor | "stored"
