import { beforeEach, describe, expect, it } from "vitest"
import { FrameError } from "../../src/session/frame.ts"
import { decodeSession, newSnapshot, type SessionSnapshot } from "../../src/session/saved-session.ts"
import { ServerSession } from "../../src/session/server-session.ts"

const opened = (settings: { window?: number } = {}): ServerSession => {
  const session = new ServerSession(newSnapshot("s"), { format: "text", ...settings })
  session.attach()
  session.flush()
  return session
}

const restored = (record: string): ServerSession =>
  new ServerSession(decodeSession(record) as SessionSnapshot, { format: "text" })

describe("the server's end of a session", () => {
  let session: ServerSession
  beforeEach(() => {
    session = opened()
  })

  it("welcomes the first socket, then sends", () => {
    const session = new ServerSession(newSnapshot("s"), { format: "text" })
    session.attach()
    session.send("a")
    expect(session.flush()).toEqual({ frames: ['[["hi","s",0,false,1]]', '[0,"a"]'] })
    expect(session.flush()).toEqual({ frames: [] })
  })

  it("acknowledges with its answer, or with its counts alone", () => {
    expect(session.receive('[0,"x","y"]')).toEqual(["x", "y"])
    session.send("a")
    expect(session.flush().frames).toEqual(['[2,"a"]'])
    session.receive('[1,"z"]')
    expect(session.flush().frames).toEqual(['[["at",1,3]]'])
  })

  it("does not acknowledge messages that wait for the flow", () => {
    session.receive('[0,"x","y","z"]')
    expect(session.flush(2).frames).toEqual(['[["at",0,1]]'])
    expect(session.flush(2).frames).toEqual([])
    expect(session.flush().frames).toEqual(['[["at",0,3]]'])
  })

  it("resumes with the next socket after the client's last message", () => {
    for (const message of ["a", "b", "c"]) session.send(message)
    session.receive('[0,"x"]')
    session.flush()
    session.detach(1_000)
    session.send("d")
    expect(session.flush()).toEqual({ frames: [] })
    expect(session.attach(2)).toBe(true)
    expect(session.flush()).toEqual({ frames: ['[["hi","s",1,true,3]]', '[1,"c","d"]'] })
  })

  it("cannot resume after a message that was not sent, or before one that was acknowledged", () => {
    for (const message of ["a", "b", "c"]) session.send(message)
    session.flush()
    session.receive("[2]")
    expect([session.attach(1), session.attach(4)]).toEqual([false, false])
    expect([session.attach(2), session.attach(3)]).toEqual([true, true])
  })

  it("requests an acknowledgement when its window is half full, once at a time", () => {
    const session = opened({ window: 40 })
    session.send("12")
    expect(session.flush().frames).toEqual(['[0,"12"]'])
    session.send("34")
    expect(session.flush().frames).toEqual(['[["at",2,0],"34"]'])
    session.send("5")
    expect(session.flush().frames).toEqual(['[0,"5"]'])
    expect([session.hasRoom, session.bufferedAmount]).toEqual([true, 29])
    session.send("678")
    expect(session.hasRoom).toBe(false)
    expect(session.flush().frames).toEqual(['[["at",4,0],"678"]'])
    session.receive("[4]")
    expect([session.hasRoom, session.bufferedAmount]).toEqual([true, 0])
  })

  it("is dirty when a restored one would differ", () => {
    const dirty = (change: () => void) => {
      session.save()
      change()
      return session.isDirty
    }
    expect(dirty(() => session.send("a"))).toBe(true)
    expect(dirty(() => session.flush())).toBe(false)
    expect(dirty(() => session.receive('[0,"x"]'))).toBe(true)
    expect(dirty(() => session.receive("[1]"))).toBe(false)
    expect(dirty(() => session.detach(1))).toBe(true)
    expect(dirty(() => session.attach(1))).toBe(true)
    expect(dirty(() => session.end(1000))).toBe(true)
  })

  it("stores an acknowledgement that makes room", () => {
    const session = opened({ window: 5 })
    session.send("a")
    session.flush()
    session.save()
    session.receive("[1]")
    expect(session.isDirty).toBe(true)
  })

  it("is the same after hibernation", () => {
    session.send("a")
    session.receive('[0,"x"]')
    session.flush()
    const again = restored(session.save())
    expect(again.flush().frames).toEqual(['[["at",1,1]]'])
    again.send("b")
    expect(again.flush().frames).toEqual(['[0,"b"]'])
    expect(again.save()).toBe("3 s 1 0 2 2 {}1:a1:b")
  })

  it("resumes after a kill with every message that was not acknowledged", () => {
    session.save()
    for (const message of ["a", "b", "c"]) {
      session.send(message)
      session.save()
    }
    session.receive('[1,"x"]')
    const again = restored(session.save())
    again.detach(0)
    again.attach(1)
    expect(again.flush().frames).toEqual(['[["hi","s",1,true,2]]', '[1,"b","c"]'])
  })

  it("repeats a lost close, after the messages before it", () => {
    session.send("a")
    session.end(4001, "Kicked")
    const end = { code: 4001, reason: "Kicked" }
    expect(session.flush()).toEqual({ frames: ['[0,"a"]'], end })
    expect(session.flush()).toEqual({ frames: [] })
    expect(restored(session.save()).flush().end).toBeUndefined()
    session.detach(0)
    const again = restored(session.save())
    again.attach(0)
    expect(again.flush()).toEqual({ frames: ['[["hi","s",0,true,1]]', '[0,"a"]'], end })
    expect(again.endCode).toBe(4001)
  })

  it("sends nothing after its close, also if it was restored since", () => {
    session.receive('[0,"x"]')
    session.end(1008)
    expect(session.flush().end?.code).toBe(1008)
    session.receive('[0,"y"]')
    expect([session.flush(), restored(session.save()).flush()]).toEqual([{ frames: [] }, { frames: [] }])
  })

  it("does not count messages that its flow did not take before the end", () => {
    session.receive('[0,"x","y","z"]')
    session.end(1000, "", 2)
    session.end(1011)
    expect(session.flush()).toEqual({ frames: ['[["at",0,1]]'], end: { code: 1000, reason: "" } })
    expect(session.receive('[0,"late"]')).toEqual([])
    expect(decodeSession(session.save())?.received).toBe(1)
  })

  it("has the time of its detach until it is attached again", () => {
    expect(session.detachedAt).toBeUndefined()
    session.detach(1_000)
    expect(session.detachedAt).toBe(1_000)
    session.attach(0)
    expect(session.detachedAt).toBeUndefined()
  })

  it("names the expected frame", () => {
    expect(() => session.receive("hello")).toThrow('sluice.1 is a count and at most 128 messages: send [0, "message"]')
    expect(() => session.receive('[["at",0,0]]')).toThrow("send [0,")
    expect(() => session.receive(new Uint8Array(3))).toThrow("then each message after its length")
    const json = new ServerSession(newSnapshot("s"), { format: "json" })
    expect(() => json.receive("{}")).toThrow("send [0, message]")
  })

  it.each(['[["at",0,0]]', '[["hi","s",0,false,1]]', "[1]", "nonsense"])(
    "refuses %s, and does not count it",
    (frame) => {
      expect(() => session.receive(frame)).toThrow(FrameError)
      expect(session.save()).toBe("3 s 0 0 0 2 {}")
    },
  )
})
