import { describe, expect, it } from "vitest"
import { DeadLetters } from "../../src/actor/dead-letters.ts"
import { Actor, type ActorRef, PoisonPill, Props } from "../../src/actor.ts"
import { log, setLogger } from "../../src/stream/logger.ts"
import { ActorClient, lineOf, logged, RecordingActor, recordingClient } from "./recording-actor.ts"

/** Counts dead letters, and collects the log lines. */
function counting() {
  const lines: string[] = []
  const letters = new DeadLetters()
  setLogger((entry) => lines.push(lineOf(entry)))
  const add = (count: number, path = "/room") => {
    for (let n = 0; n < count; n++) letters.add(path)
    letters.flush(log)
  }
  return { lines, letters, add }
}

describe("dead letters", () => {
  it("are logged once for all of an event", () => {
    const { lines, add } = counting()
    add(3)
    expect(lines).toEqual(["3 dead letters for /room"])
  })

  it("are logged again when there are ten times as many, with the count", () => {
    const { lines, add } = counting()
    for (let n = 0; n < 1_500; n++) add(1)
    expect(lines.map((line) => parseInt(line, 10))).toEqual([1, 10, 100, 1_000])
  })

  it("are logged once when many at once exceed several powers of ten", () => {
    const { lines, add } = counting()
    add(1)
    add(250)
    add(748)
    add(1)
    expect(lines.map((line) => parseInt(line, 10))).toEqual([1, 251, 1_000])
  })

  it("are counted for each actor", () => {
    const { lines, letters, add } = counting()
    add(2)
    add(1, "/stage")
    expect(lines.map((line) => line.split(",")[0])).toEqual(["2 dead letters for /room", "1 dead letters for /stage"])
    expect([letters.of("/room"), letters.of("/stage"), letters.of("/no-sender")]).toEqual([2, 1, 0])
  })

  it("lose the oldest counts first when there are more than 1,000 actors", () => {
    const { letters, add } = counting()
    for (let n = 0; n < 1_001; n++) add(1, `/${n}`)
    add(1, "/1000")
    expect([letters.of("/0"), letters.of("/1"), letters.of("/1000")]).toEqual([0, 1, 2])
  })
})

describe("a dead letter", () => {
  it("is a message to an actor that has stopped", () => {
    class Ending extends Actor<string> {
      receive(message: string) {
        if (message === "spawn") this.context.actorOf(Props.of(RecordingActor, "child"), "child")
        const child = this.context.child("child") as ActorRef<string>
        if (message === "spawn") child.tell(PoisonPill)
        if (message === "spawn") for (const late of ["a", "b"]) child.tell(late)
      }
      override readonly childTypes = { RecordingActor }
    }
    new ActorClient(() => Props.of(Ending)).send("spawn")
    expect(logged).toEqual(["2 dead letters for /1/child"])
  })

  it("is a message to the sender of a message that was not an ask", () => {
    class Answering extends RecordingActor {
      protected override hear(): void {
        this.context.sender.tell("an answer")
      }
    }
    recordingClient(Answering).send("a")
    expect(logged).toEqual([expect.stringContaining("1 dead letters for /no-sender")])
  })
})
