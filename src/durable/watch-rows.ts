import type { Watch, WatchStorage } from "../actor/death-watch.ts"
import { contentOf, layout, type Stored } from "./layout.ts"
import { isDeepEqual } from "./shared/deep-equal.ts"

/** A watch as it is stored, with the message that the watcher gets instead of `Terminated`. The key has both paths. */
type StoredWatch = Stored<[message?: unknown]>

const prefix = "sluice:watch:"

/** One row for each watch, so that a join or a leave costs the same in a large room as in a small one. */
export class WatchRows implements WatchStorage {
  constructor(private readonly kv: SyncKvStorage) {}

  put(watch: Watch): void {
    const { message } = watch
    const key = keyOf(watch)
    const row: StoredWatch = message === undefined ? [layout] : [layout, message]
    // An actor may watch again with each message.
    if (!isDeepEqual(this.kv.get(key), row)) this.kv.put(key, row)
  }

  delete(watch: Watch): void {
    this.kv.delete(keyOf(watch))
  }

  all(): Watch[] {
    return Array.from(this.kv.list({ prefix }), ([key, row]) => {
      const [message] = contentOf(row) ?? []
      return { ...pathsOf(key), ...(message !== undefined && { message }) }
    })
  }
}

/** No path of an object's actor has two slashes in a row, so the paths can be told apart. */
function keyOf({ watcher, watched }: Watch): string {
  return `${prefix}${watcher}/${watched}`
}

function pathsOf(key: string): Watch {
  const end = key.indexOf("//")
  return { watcher: key.slice(prefix.length, end), watched: key.slice(end + 1) }
}
