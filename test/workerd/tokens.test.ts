import { describe, expect, it } from "vitest"
import { tokensOf } from "../../durable-objects/made-up-model.ts"
import { dial } from "../support/dial.ts"

describe("/tokens", () => {
  it("answers a prompt token by token", async () => {
    const line = await dial("/tokens")
    const answer = tokensOf("Why?")
    expect(await line.send("Why?").next(answer.length)).toEqual(answer)
  })

  it("answers two clients separately", async () => {
    const [one, other] = await Promise.all([dial("/tokens"), dial("/tokens")])
    one.send("One?")
    other.send("Two?")
    expect(await one.next(5)).toEqual(tokensOf("One?").slice(0, 5))
    expect(await other.next(5)).toEqual(tokensOf("Two?").slice(0, 5))
  })
})
