import { describe, expect, it } from "vitest"
import { ClientSession } from "../../src/session/client-session.ts"

const welcome = '[["hi","s",0,false,1]]'

function opened(maxInFlight?: number): ClientSession {
  const session = new ClientSession("text", maxInFlight)
  session.offer()
  session.receive(welcome)
  return session
}

describe("the client's end of a session", () => {
  it("waits for the welcome before it sends", () => {
    const session = new ClientSession("text")
    expect(session.offer()).toEqual(["sluice.1"])
    session.send("a")
    expect([session.flush(), session.isOpen]).toEqual([[], false])
    expect(session.receive(welcome)).toEqual({ messages: [], confirmed: 0, resync: undefined })
    expect([session.flush(), session.isOpen]).toEqual([['[0,"a"]'], true])
  })

  it("confirms acknowledged messages, with a message or without", () => {
    const session = opened()
    for (const message of ["a", "b", "c"]) session.send(message)
    session.flush()
    expect(session.receive('[2,"x"]')).toEqual({ messages: ["x"], confirmed: 2 })
    expect(session.receive('[["at",1,3]]')).toEqual({ messages: [], confirmed: 1 })
    expect(session.end()).toEqual([])
  })

  it("acknowledges with its own messages", () => {
    const session = opened()
    session.receive('[0,"x","y"]')
    expect(session.flush()).toEqual([])
    session.send("a")
    session.send("b")
    expect(session.flush()).toEqual(['[2,"a","b"]'])
    session.send("c")
    expect(session.flush()).toEqual(['[0,"c"]'])
  })

  it("acknowledges without one at a request only", () => {
    const session = opened()
    for (let n = 0; n < 33; n++) session.receive(`[0,"${"x".repeat(8_192)}"]`)
    expect(session.flush()).toEqual([])
    session.receive('[["at",34,0],"x"]')
    expect(session.flush()).toEqual(["[34]"])
    session.receive('[["at",34,0]]')
    expect(session.flush()).toEqual([])
    session.receive('[0,"x"]')
    expect(session.flush()).toEqual([])
  })

  it("sends only the messages again that the server does not have", () => {
    const session = opened()
    for (const message of ["a", "b", "c"]) session.send(message)
    session.flush()
    session.receive('[1,"x"]')
    expect(session.offer()).toEqual(["sluice.1", "sluice.at.s.1"])
    session.send("d")
    expect(session.flush()).toEqual([])
    expect(session.receive('[["hi","s",2,true,2]]')).toEqual({ messages: [], confirmed: 0, resync: undefined })
    expect(session.flush()).toEqual(['[0,"c","d"]'])
    expect(session.receive('[4,"y"]')).toEqual({ messages: ["y"], confirmed: 3 })
  })

  it("numbers its attempts to resume after one without a welcome, up to the next session", () => {
    const session = opened()
    const attempts = () => session.offer().slice(2)
    expect(attempts()).toEqual([])
    session.receive('[["hi","s",0,true,1]]')
    expect([attempts(), attempts()]).toEqual([[], ["sluice.attempt.1"]])
    session.receive('[["hi","s",0,true,1]]')
    expect(attempts()).toEqual(["sluice.attempt.2"])
    session.receive('[["hi","t",0,false,1]]')
    expect(attempts()).toEqual([])
  })

  it("ignores messages that it already has", () => {
    const session = opened()
    session.receive('[0,"x","y"]')
    session.offer()
    session.receive('[["hi","s",0,true,1]]')
    expect(session.receive('[0,"x"]')?.messages).toEqual([])
    expect(session.receive('[0,"y","z"]')?.messages).toEqual(["z"])
    expect(session.offer()).toEqual(["sluice.1", "sluice.at.s.3"])
  })

  it("has no more messages in flight than maxInFlight", () => {
    const session = opened(2)
    for (const message of ["a", "b", "c", "d"]) session.send(message)
    expect([session.flush(), session.flush()]).toEqual([['[0,"a","b"]'], []])
    session.receive("[1]")
    expect(session.flush()).toEqual(['[0,"c"]'])
  })

  it("returns the unconfirmed messages when the session is lost", () => {
    const session = opened()
    for (const message of ["a", "b"]) session.send(message)
    session.flush()
    session.receive('[1,"x"]')
    session.offer()
    session.send("c")
    expect(session.receive('[["hi","t",0,false,1]]')?.resync).toEqual(["b", "c"])
    expect(session.flush()).toEqual([])
    session.send("d")
    expect(session.flush()).toEqual(['[0,"d"]'])
    expect(session.offer()).toEqual(["sluice.1", "sluice.at.t.0"])
  })

  it("returns the unconfirmed messages at the end, and can begin anew", () => {
    const session = opened()
    session.send("a")
    expect(session.end()).toEqual(["a"])
    expect([session.isOpen, session.offer()]).toEqual([false, ["sluice.1"]])
    expect(session.receive('[["hi","t",0,false,1]]')?.resync).toBeUndefined()
  })

  it.each([
    ["a message before the welcome", "offer", '[0,"x"]'],
    ["another welcome", "open", welcome],
    ["a count that it does not have", "open", '[["at",2,0],"x"]'],
    ["an acknowledgement of what it did not send", "open", "[1]"],
    ["a welcome after a gap", "offer", '[["hi","s",0,true,2]]'],
    ["a welcome to a session that is not its own", "offer", '[["hi","t",0,true,1]]'],
    ["a welcome that counts what it did not send", "offer", '[["hi","s",1,true,1]]'],
    ["a new session that is not new", "offer", '[["hi","t",0,false,2]]'],
    ["a welcome that takes an acknowledgement back", "done", '[["hi","s",0,true,1]]'],
  ])("drops the session after %s, and reports it", (_name, state, frame) => {
    const session = opened()
    if (state === "done") {
      session.send("done")
      session.flush()
      session.receive("[1]")
    }
    session.send("a")
    if (state !== "open") session.offer()
    expect(session.receive(frame)).toBeUndefined()
    expect([session.isOpen, session.offer()]).toEqual([false, ["sluice.1"]])
    expect(session.receive('[["hi","u",0,false,1]]')?.resync).toEqual(["a"])
    expect(session.offer()).toEqual(["sluice.1", "sluice.at.u.0"])
  })
})
