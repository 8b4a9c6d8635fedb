import { Flow, json, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { protocol } from "sluice/protocol"
import { expectTransparentObject, MemoryObject, type TestClient } from "sluice/testing"
import type { WorkerdObject } from "sluice/testing/workerd"
import * as v from "valibot"
import { describe, expectTypeOf, it } from "vitest"

const Amount = v.pipe(
  v.string(),
  v.transform((digits) => BigInt(digits)),
)
const bank = protocol("/bank", { receives: v.object({ pay: Amount }), sends: v.object({ paid: Amount }) })
const echo = protocol("/echo", { receives: text, sends: text })

class Bank extends FlowObject {
  protected accept() {
    const paying = Flow.of<{ pay: bigint }>().map(({ pay }) => ({ paid: String(pay) }))
    return webSocket.endpoint(bank, paying)
  }
}

class Club extends FlowObject<unknown, { since: Date }, { since: number }> {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>())
  }
}

describe("a client of an object under test", () => {
  it("has the data that the class takes from routes", async () => {
    const club = new MemoryObject(Club)
    const inWorkerd = (object: WorkerdObject<Club>) => object.connect(text, { since: 1 })
    await club.connect(text, { since: 1 })
    // @ts-expect-error
    await club.connect(text, { sinse: 1 })
    // @ts-expect-error
    await club.connect(echo, "since 1")
    // @ts-expect-error
    await expectTransparentObject(Club, { clients: [{ data: { since: new Date() } }] })
    expectTypeOf(inWorkerd).parameter(0).toEqualTypeOf<WorkerdObject<Club>>()
    await new MemoryObject(Bank).connect(bank, "any")
  })

  it("sends and receives what the frames of a protocol have", async () => {
    const client = await new MemoryObject(Bank).connect(bank)
    expectTypeOf(client).toEqualTypeOf<TestClient<{ pay: string }, { paid: string }>>()
    const inWorkerd = (object: WorkerdObject<Bank>) => object.connect(bank)
    expectTypeOf(inWorkerd).returns.toEqualTypeOf<Promise<typeof client>>()
    await client.send({ pay: "1" })
    // @ts-expect-error
    await client.send({ pay: 1n })
  })

  it("sends and receives the elements of a codec", async () => {
    const object = new MemoryObject(Bank)
    expectTypeOf(await object.connect(echo)).toEqualTypeOf<TestClient<string, string>>()
    expectTypeOf(await object.connect(text)).toEqualTypeOf<TestClient<string, string>>()
    expectTypeOf(await object.connect(json(v.object({ a: v.number() }), v.number()))).toEqualTypeOf<
      TestClient<{ a: number }, number>
    >()
  })
})
