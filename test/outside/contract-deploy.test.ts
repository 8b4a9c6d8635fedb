import { randomUUID } from "node:crypto"
import { setTimeout } from "node:timers/promises"
import { expect, inject, it } from "vitest"
import { frame, RawClient } from "../support/raw-client.ts"

it("row 29: a flow that has changed closes with 1012 on the Durable Object target; a plain Worker keeps nothing", async () => {
  const id = randomUUID()
  const open = (endpoint: string) => RawClient.connect(`${inject("contractUrl")}/object/${endpoint}?id=${id}`)
  const [changed, same] = [await open("redeployed"), await open("text")]
  for (const client of [changed, same]) {
    expect(await client.send(frame.text("before")).next()).toEqual(frame.text("before"))
  }
  // The runtime lets an object hibernate after ten seconds without an event, which cannot be observed.
  await setTimeout(12_000)
  expect(await same.send(frame.text("after")).next()).toEqual(frame.text("after"))
  expect(await changed.send(frame.text("after")).next()).toEqual(frame.close(1012, "The service has changed"))
})
