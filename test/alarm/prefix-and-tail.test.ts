import { Flow, text, webSocket } from "sluice"
import { expect, it } from "vitest"
import { checkFlow } from "../../src/durable/flow-check.ts"

it("an object with prefixAndTail is refused before a client connects, and the error names the remedy", () => {
  const accept = () => {
    const lines = Flow.of<string>()
      .prefixAndTail(1)
      .flatMapConcat(([, tail]) => tail)
    return webSocket.endpoint(text, lines)
  }
  const check = () => checkFlow({ name: "Login" }, accept)
  expect(check).toThrow('"prefixAndTail", step 1 of the flow that Login.accept returns, cannot hibernate')
  expect(check).toThrow("use flatMapPrefix")
})
