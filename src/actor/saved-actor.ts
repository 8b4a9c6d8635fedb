import type { Watch } from "./death-watch.ts"
import type { MailboxSettings } from "./mailbox.ts"
import type { SavedReceiveTimer } from "./receive-timer.ts"
import type { SavedLetter } from "./stash.ts"
import type { RowChanges } from "./timer-rows.ts"
import type { SavedPages, SavedTimer } from "./timer-table.ts"

/** The saved form of an actor and of its children. */
export interface SavedActor {
  /** Its path, where that does not follow from the blueprint. */
  path?: string
  state?: unknown
  /** The names of its behaviors, if it has one in the place of `receive`. */
  behaviors?: readonly string[]
  stash?: readonly SavedLetter[]
  receiveTimeout?: SavedReceiveTimer
  /** Whether it subscribes to dead letters. */
  deadLetters?: true
  timers?: readonly SavedTimer[]
  /** Its timers, if they have rows of their own. */
  timerPages?: SavedPages | undefined
  restarts?: readonly [count: number, since: number]
  children?: SavedChild[]
  /** How many children got a number for a name. */
  numbered?: number
  /** Its watches within its own scope. */
  watching?: readonly Watch[]
}
export type SavedChild = [name: string, type: string, args: unknown, mailbox: MailboxSettings, actor: SavedActor]

/** The state that an actor starts again from after a failure: a snapshot with the rows of its timers. */
export interface Retained {
  readonly saved: SavedActor
  readonly rows: RowChanges | undefined
}

/** A saved actor without the counts of its timers, which follow from the clock. */
export function persistentPart(saved: SavedActor): unknown {
  const { timers, children } = saved
  return {
    ...saved,
    timers: timers?.map(([key, message, start, every]) => [key, message, start, every]),
    children: children?.map(([name, type, args, mailbox, child]) => [name, type, args, mailbox, persistentPart(child)]),
  }
}

/** A saved tree whose actors have the states, behaviors and stashes that are stored for them, and everything else as it is saved. */
export function rolledBack(saved: SavedActor, stored: SavedActor): SavedActor {
  const { state: _, behaviors: _behaviors, stash: _stash, children, ...rest } = saved
  const storedChildren = savedChildren(stored)
  const { behaviors, stash } = stored
  return {
    ...rest,
    ...("state" in stored && { state: stored.state }),
    ...(behaviors && { behaviors }),
    ...(stash && { stash }),
    ...(children && {
      children: children.map(([name, type, args, mailbox, child]): SavedChild => {
        return [name, type, args, mailbox, rolledBack(child, storedChildren.get(name) ?? {})]
      }),
    }),
  }
}

/** The saved form of each child, by its name. */
export function savedChildren({ children = [] }: SavedActor): Map<string, SavedActor> {
  return new Map(children.map(([name, _type, _args, _mailbox, child]) => [name, child]))
}
