import { readFileSync, watch } from "node:fs"
import { stripVTControlCharacters } from "node:util"

/** Waits until a Worker has written a matching text to its log. Returns the log up to then. */
export function logged(file: string, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const watcher = watch(file, { persistent: false }, look)
    function look(): void {
      const text = stripVTControlCharacters(readFileSync(file, "utf8"))
      if (!pattern.test(text)) return
      watcher.close()
      resolve(text)
    }
    look()
  })
}
