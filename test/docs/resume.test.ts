import { Flow, text, webSocket } from "sluice"
import { connect, resume, resumeIn } from "sluice/client"
import { FlowObject } from "sluice/durable"
import { protocol } from "sluice/protocol"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

afterEach(() => {
  vi.useRealTimers()
})

// #region object
class Counter extends FlowObject {
  protected accept() {
    const counting = Flow.of<string>().statefulMap(
      () => 0,
      (count, message) => [count + 1, `${count + 1}: ${message}`],
    )
    return webSocket.endpoint(text, counting, { resume: { within: "2 minutes" } })
  }
}
// #endregion

// #region hub
class Room extends FlowObject {
  private readonly said = this.hub<string>("said", { keep: 1_000 })

  protected accept() {
    const flow = Flow.fromSinkAndSource(this.said.sink(), this.said.source({ last: 50 }))
    return webSocket.endpoint(text, flow, { resume: { within: "1 hour" } })
  }
}
// #endregion

it("a flow continues with another socket", async () => {
  const object = new MemoryObject(Counter)
  const client = await new MemorySession(object, undefined).connect()
  client.send("a").drop()
  await client.connect()
  expect(client.send("b").received).toEqual(["1: a", "2: b"])
})

it("a member gets the messages that were sent while it had no socket", async () => {
  const object = new MemoryObject(Room)
  const [ann, bob] = [
    await new MemorySession(object, "ann").connect(),
    await new MemorySession(object, "bob").connect(),
  ]
  ann.drop()
  bob.send("hello")
  await ann.connect()
  expect(ann.received).toEqual(["hello"])
})

it("a client reports its unconfirmed messages", async () => {
  const show = vi.fn()
  const base = "https://example.com"
  const WebSocket = class {
    close() {}
    addEventListener() {}
  } as never
  // #region client
  const chat = protocol("/rooms/:room", { receives: text, sends: text })
  const client = connect(chat, { room: "lobby" }, { base, WebSocket, resume })
  client.on("resync", ({ unconfirmed }) => show("may be lost", unconfirmed))
  void client.send("hello") // resolves when the server has it for good
  // #endregion
  client.close()
  expect(show).not.toHaveBeenCalled()
})

it("a page resumes the session of the page before", async () => {
  const shown: string[] = []
  const base = "https://example.com"
  const sessionStorage = { getItem: () => '[1,"s",7]', setItem() {}, removeItem() {} }
  let offered: string[] = []
  const WebSocket = class {
    constructor(_url: string, protocols: string[]) {
      offered = protocols
    }
    close() {}
    addEventListener() {}
  } as never
  // #region reload
  const tokens = protocol("/tokens", { receives: text, sends: text })
  const client = connect(tokens, {}, { base, WebSocket, resume: resumeIn(() => sessionStorage, "tokens") })
  client.on("message", (token) => shown.push(token))
  // #endregion
  await vi.waitFor(() => expect(offered).toEqual(["sluice.1", "sluice.at.s.7"]))
  client.close()
})
