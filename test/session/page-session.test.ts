import { describe, expect, it } from "vitest"
import { PageSession } from "../../src/session/page-session.ts"

function opened(): PageSession {
  const session = new PageSession("text")
  session.offer()
  session.receive('[["hi","s",0,false,1]]')
  return session
}

describe("a session that the next page resumes", () => {
  function inherited(): PageSession {
    const page = opened()
    page.send("a")
    page.flush()
    page.receive('[1,"x","y"]')
    expect(page.keep()).toEqual([1, "s", 2])
    const next = new PageSession("text", page.keep())
    expect(next.offer()).toEqual(["sluice.1", "sluice.at.s.2"])
    return next
  }

  it("numbers its messages after those that the server has", () => {
    const next = inherited()
    next.send("b")
    expect(next.receive('[["hi","s",1,true,2]]')).toEqual({ messages: [], confirmed: 0, resync: undefined })
    expect(next.flush()).toEqual(['[0,"b"]'])
    expect(next.receive('[2,"y","z"]')).toEqual({ messages: ["z"], confirmed: 1 })
  })

  it("begins anew if the server no longer has it", () => {
    const next = inherited()
    expect(next.receive('[["hi","t",0,false,1]]')?.resync).toEqual([])
    expect(next.keep()).toEqual([1, "t", 0])
  })

  it("takes the server's count for its first socket alone", () => {
    const next = inherited()
    next.receive('[["hi","s",1,true,3]]')
    next.offer()
    expect(next.receive('[["hi","s",2,true,3]]')).toBeUndefined()
    expect(next.keep()).toBeUndefined()
  })

  it("goes on with the attempts of the page before, also where that left a handshake", () => {
    const page = opened()
    page.offer()
    expect(page.keep()).toEqual([1, "s", 0, 1])
    const next = new PageSession("text", page.keep())
    expect(next.offer()).toEqual(["sluice.1", "sluice.at.s.0", "sluice.attempt.2"])
    next.receive('[["hi","s",0,true,1]]')
    expect(next.keep()).toEqual([1, "s", 0, 2])
  })

  it("keeps nothing before the first welcome, and after the end", () => {
    expect(new PageSession("text").keep()).toBeUndefined()
    const session = opened()
    session.end()
    expect(session.keep()).toBeUndefined()
  })
})
