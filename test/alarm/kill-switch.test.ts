import { Flow, text, webSocket } from "sluice"
import { beforeEach, expect, it } from "vitest"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

beforeEach(() => logged())

it("a hub of the object is a switch for hibernating connections", async () => {
  script(({ hub }) => {
    const kicks = hub<string>("kicks")
    return {
      accept({ data }) {
        const kicked = kicks.source().filter((user) => user === data)
        const echo = Flow.of<string>()
          .map((line) => {
            if (line.startsWith("kick ")) kicks.publish(line.slice(5))
            return line
          })
          .killSwitch(kicked)
        return webSocket.endpoint(text, echo)
      },
    }
  })
  const object = new MemoryObject(Scripted)
  const [ada, bob] = [await object.connect("ada"), await object.connect("bob")]
  await object.evict()
  object.send(ada, "kick bob")
  expect(ada.isClosed).toBe(false)
  expect(bob.isClosed).toBe(true)
  await object.evict()
  object.send(ada, "still here")
  expect(ada.received).toEqual(["kick bob", "still here"])
})
