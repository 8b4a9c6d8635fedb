import { Flow, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import * as v from "valibot"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

// #region schema
const Member = v.object({
  name: v.string(),
  since: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((time) => new Date(time)),
  ),
})

export class Club extends FlowObject<unknown, v.InferOutput<typeof Member>, v.InferInput<typeof Member>> {
  protected override readonly dataSchema = Member

  protected accept({ data: { name, since } }: ConnectionContext<v.InferOutput<typeof Member>>) {
    const signature = `${name}, member since ${since.getUTCFullYear()}`
    return webSocket.endpoint(
      text,
      Flow.of<string>().map((message) => `${signature}: ${message}`),
    )
  }
}
// #endregion

it("data is the output of the schema for the data of the route", async () => {
  const object = new MemoryObject(Club)
  const ann = await object.connect({ name: "Ann", since: "2021-05-01T00:00:00Z" })
  await object.evict()
  object.send(ann, "hello")
  expect(ann.received).toEqual(["Ann, member since 2021: hello"])
  await expect(object.connect({ name: "Eve" })).rejects.toThrow("The data that a route hands over to Club")
})
