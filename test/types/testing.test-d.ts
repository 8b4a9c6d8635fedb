import { Flow, json, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { protocol } from "sluice/protocol"
import { MemoryObject, type TestClient } from "sluice/testing"
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

describe("a client of an object under test", () => {
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
