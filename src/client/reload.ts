import { type KeptSession, PageSession } from "../session/page-session.ts"
import { frameBySession } from "./framing.ts"
import type { Page } from "./page.ts"
import type { Resumption } from "./resume.ts"

/** The part of `sessionStorage` that `resumeIn` uses. */
export interface SessionStore {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/**
 * Like `resume`, and the connection outlives a reload of the page too: the next page goes on after the last message that this one has
 * received. Messages that this page has sent and the server has not received are lost with it. If the storage throws, because it is full or
 * blocked, the next page begins a new session.
 *
 * @param storage `sessionStorage`, which each tab has for itself; as a function where its name alone may throw: on a server that renders the
 * page, and in a browser that blocks it
 * @param key the key of this client in the storage; each client of a page needs a key of its own
 *
 * @example
 * ```ts
 * const tokens = protocol("/tokens", { receives: text, sends: text })
 * const client = connect(tokens, {}, { base: "https://example.com", resume: resumeIn(() => sessionStorage, "tokens") })
 * ```
 */
export function resumeIn(storage: SessionStore | (() => SessionStore), key: string): Resumption {
  const open = () => (typeof storage === "function" ? storage() : storage)
  return (client) =>
    frameBySession(client, (format) => {
      const session = new PageSession(format, taken(open, key))
      const page: Page = globalThis
      const signal = client.ended
      /** The record that this page has left in the storage. */
      let left: string | undefined
      const keep = () =>
        unlessRefused(() => {
          left = undefined
          const record = JSON.stringify(session.keep())
          if (record) open().setItem(key, record)
          left = record
        })
      // A page that is restored from the back/forward cache keeps its session, unless another page has taken the record.
      const restore = () =>
        unlessRefused(() => {
          if (takeText(open(), key) !== left && left) session.abandon()
          left = undefined
        })
      page.addEventListener?.("pagehide", keep, { signal })
      page.addEventListener?.("pageshow", restore, { signal })
      return session
    })
}

/** The record of the page before, once: a copy of the tab gets a session of its own. */
function taken(open: () => SessionStore, key: string): KeptSession | undefined {
  const kept: unknown = unlessRefused(() => {
    const text = takeText(open(), key)
    return text === null ? undefined : JSON.parse(text)
  })
  return isKept(kept) ? kept : undefined
}

function takeText(storage: SessionStore, key: string): string | null {
  const text = storage.getItem(key)
  storage.removeItem(key)
  return text
}

/** A browser refuses a storage that is full or blocked. Then the next page begins a new session. */
function unlessRefused<T>(access: () => T): T | undefined {
  try {
    return access()
  } catch {
    return undefined
  }
}

function isKept(value: unknown): value is KeptSession {
  if (!Array.isArray(value)) return false
  const [version, session, received, attempt = 0] = value
  return (
    version === 1 &&
    typeof session === "string" &&
    [received, attempt].every((count) => Number.isSafeInteger(count) && count >= 0)
  )
}
