import { Flow, type Message, messages } from "sluice"
import { expect, it } from "vitest"
import { Probe } from "../../src/testing/probe/probe.ts"

// #region control
const goodbyes = (log: (line: string) => void) =>
  Flow.of<Message>().filter((message) => {
    if (message.type === "close") log(`left with ${message.code} ${message.reason}`)
    return message.type !== "close"
  })
// #endregion

it("a flow of messages sees the close", () => {
  const lines: string[] = []
  const probe = Probe.flow(() => goodbyes((line) => lines.push(line))).unbounded()
  probe.send(messages.decode("hey"), { type: "close", code: 4000, reason: "tired" }).complete()
  expect(lines).toEqual(["left with 4000 tired"])
  expect(probe.received).toEqual([{ type: "text", text: "hey" }])
})
