import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { frame, RawClient } from "../support/raw-client.ts"

const tick = frame.text("tick")

/** All frames up to the first that is no tick. */
async function answer(client: RawClient, message: string) {
  client.send(frame.text(message))
  for (;;) {
    const next = await client.next()
    if (JSON.stringify(next) !== JSON.stringify(tick)) return next
  }
}

describe("row 38: the author calls", () => {
  it.each([
    { call: "deleteAll", cell: "1 0", why: "what was in the cell's row is deleted" },
    { call: "deleteAlarm", cell: "1 1", why: "the row is there" },
    { call: "setAlarm", cell: "1 1", why: "the row is there" },
  ])("$call: timers continue, and a cell equals its stored value: $why", async ({ call, cell }) => {
    const client = await RawClient.connect(`${inject("contractUrl")}/object/overruled?id=${randomUUID()}`)
    expect(await answer(client, call)).toEqual(frame.text(`${call}: ${cell}`))
    for (let n = 0; n < 3; n++) expect(await client.next()).toEqual(tick)
  })
})
