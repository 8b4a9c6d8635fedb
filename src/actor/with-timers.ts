import type { SavedActor, SavedChild } from "./saved-actor.ts"
import type { TimerStorage } from "./timer-rows.ts"
import { storedTimers } from "./timer-table.ts"

/** A stored actor whose timers, and those of its children, are in it, although they have rows of their own. */
export function withTimers({ timerPages, ...saved }: SavedActor, path: string, storage: TimerStorage): SavedActor {
  const timers = timerPages && storedTimers(timerPages, path, storage)
  const children = saved.children?.map(
    ([name, type, args, mailbox, child]): SavedChild => [
      name,
      type,
      args,
      mailbox,
      withTimers(child, `${path}/${name}`, storage),
    ],
  )
  return { ...saved, ...(timers && { timers }), ...(children && { children }) }
}
