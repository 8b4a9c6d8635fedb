import { beforeEach, describe, expect, it } from "vitest"
import { decodeSession, newSnapshot, type SessionSnapshot } from "../../src/session/saved-session.ts"
import type { ElementLogs } from "../../src/session/sent-messages.ts"
import { ServerSession } from "../../src/session/server-session.ts"

/** A hub whose elements are their numbers. */
class Log implements ElementLogs {
  end = 10
  keep = 1_000

  next(hub: string): number | undefined {
    return hub === "news" ? this.end : undefined
  }

  has(hub: string, number: number): boolean {
    return hub === "news" && number >= this.end - this.keep && number < this.end
  }

  read(_hub: string, number: number): string {
    return String(number)
  }
}

let log: Log
let session: ServerSession

const settings = () => ({ format: "text", logs: log }) as const
/** Publishes so many elements, which are sent directly, while its object hibernates. */
function restored(count = 0): ServerSession {
  const record = session.save("news")
  log.end += count
  return new ServerSession(decodeSession(record) as SessionSnapshot, settings())
}

/** Publishes elements. `session` gets them. */
function publish(count = 1): void {
  for (let n = 0; n < count; n++) session.sendElement("news", log.end++, String(log.end - 1))
}

beforeEach(() => {
  log = new Log()
  session = new ServerSession(newSnapshot("s"), settings())
  session.attach()
  session.flush()
})

describe("a session that gets the elements of a hub with a log", () => {
  it("needs no record of them after the first one", () => {
    publish()
    expect(session.isDirty).toBe(true)
    session.save("news")
    publish(3)
    expect([session.isDirty, session.flush().frames]).toEqual([false, ['[0,"10","11","12","13"]']])
    session.send("own")
    expect(session.isDirty).toBe(true)
  })

  it("counts elements that were published since the record, and interleaves its own messages", () => {
    session.send("a")
    session = restored()
    publish(2)
    session.send("b")
    session = restored()
    publish(1)
    session = restored(1)
    session.detach(0)
    expect(session.attach(0)).toBe(true)
    const [, frame] = session.flush().frames
    expect(frame).toBe('[0,"a","10","11","b","12","13"]')
    expect(session.attach(3)).toBe(true)
    expect(session.flush().frames).toEqual(['[["hi","s",0,true,4]]', '[0,"b","12","13"]'])
  })

  it("is dirty after an element that excludes it", () => {
    session.save("news")
    log.end++
    expect([session.isDirty, session.follows("news"), session.follows("other")]).toEqual([true, true, false])
    session.save("news")
    expect(session.isDirty).toBe(false)
  })

  it("counts nothing from a hub that it does not follow", () => {
    session.save()
    log.end++
    const heard = [session.save(), session.save("other")].map((record) => decodeSession(record)?.heard)
    expect([session.isDirty, ...heard]).toEqual([false, undefined, undefined])
  })

  it("requests an acknowledgement of 32 messages of its own, and of no element", () => {
    publish(100)
    expect(session.flush().frames).toHaveLength(1)
    for (let n = 0; n < 31; n++) session.send("x")
    expect(session.flush().frames[0]).toMatch(/^\[0,/)
    session.send("x")
    expect(session.flush().frames).toEqual(['[["at",132,0],"x"]'])
    publish()
    expect(session.flush().frames).toEqual(['[0,"110"]'])
  })

  it("requests an acknowledgement of 8 KiB of its own", () => {
    session.send("x".repeat(8_192))
    expect(session.flush().frames[0]).toMatch(/^\[\["at",1,0\],/)
  })

  it("gives them no room of its window", () => {
    publish(1_000)
    expect([session.bufferedAmount, session.hasRoom]).toEqual([0, true])
  })

  it("cannot resume before elements that are no longer kept", () => {
    publish(5)
    log.keep = 2
    session.detach(0)
    expect([session.attach(2), session.attach(3)]).toEqual([false, true])
  })

  it("cannot be restored if the log has been emptied", () => {
    session.save("news")
    publish(3)
    session.flush()
    const record = session.save("news")
    log.end = 0
    const snapshot = decodeSession(record) as SessionSnapshot
    expect(() => new ServerSession(snapshot, settings())).toThrow("The log of news does not reach element 13")
  })
})
