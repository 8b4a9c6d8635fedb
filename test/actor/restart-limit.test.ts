import { describe, expect, it } from "vitest"
import { oneForOne } from "../../src/actor.ts"
import { Parent, recordingClient, seen } from "./recording-actor.ts"

const strategy = oneForOne(() => "restart", { maxRestarts: 2, within: 100 })

/** Restarts its children, but not for ever. */
class Patient extends Parent {
  override readonly supervisorStrategy = strategy
}

const patient = () => recordingClient(Patient).send("spawn a")
/** The first start is no restart. */
const restarts = () => seen.filter((line) => line === "a starts").length - 1

describe("the limit of restarts", () => {
  it("stops a child that throws more often within the time", () => {
    patient().send("a throw 1").advance(50).send("a throw 2").advance(49).send("a throw 3", "a hello")
    expect(restarts()).toBe(2)
    expect(seen.slice(-2)).toEqual(["a stops", "root: a hello"])
  })

  it("starts again when the time is over", () => {
    patient().send("a throw 1", "a throw 2").advance(100).send("a throw 3", "a throw 4", "a hello")
    expect(restarts()).toBe(4)
    expect(seen.at(-1)).toBe("a: hello")
  })

  it("continues to count after the parent has hibernated", () => {
    patient().send("a throw 1").sleep().send("a throw 2").sleep().send("a throw 3", "a hello")
    expect(restarts()).toBe(2)
    expect(seen.at(-1)).toBe("root: a hello")
  })

  it.each([0, 1.5, -1])("cannot be %s", (maxRestarts) => {
    expect(() => oneForOne(() => "restart", { maxRestarts })).toThrow(RangeError)
  })

  it("cannot be for no time", () => {
    expect(() => oneForOne(() => "restart", { within: 0 })).toThrow(RangeError)
  })
})
