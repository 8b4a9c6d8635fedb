import { Flow, text, webSocket } from "sluice"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { type Scripted, script } from "../support/durable-worker/scripted.ts"
import { LineSession, leave } from "../support/line-session.ts"
import { logged } from "../support/logged.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  logged()
})

describe.each([false, true])("messagesPerSecond of a session in workerd (durable: %s)", (durable) => {
  it.each(["awake", "evicted"])("counts the time without a socket, %s", async (state) => {
    const resume = { within: "1 minute", durable } as const
    script(() => ({ accept: () => webSocket.endpoint(text, Flow.of(), { resume, limits: { messagesPerSecond: 2 } }) }))
    const object = new TestObject<Scripted>("SCRIPTED")
    const sleep = async () => {
      if (state === "evicted") await object.sleep()
    }
    const ann = await new LineSession(object, '/scripted/:id?data="ann"').connect()
    expect(await ann.send("a", "b").next(2)).toEqual(["a", "b"])
    await leave(ann)
    await sleep()
    vi.setSystemTime(Date.now() + 2_000)
    await ann.connect()
    await sleep()
    expect(await ann.send("c", "d", "e").next(3)).toEqual(["c", "d", "e"])
    await sleep()
    expect(await ann.send("f", "g").next(2)).toEqual(["f", closed(1008, "2 messages a second are allowed")])
  })
})
