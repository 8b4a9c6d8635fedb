import { describe, expect, it } from "vitest"
import { CloseError } from "../../src/socket/close.ts"
import { text } from "../../src/socket/codec.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { closed, connect } from "../support/client.ts"

const failing = Flow.of<string>().map((message) => {
  if (message === "fail") throw new Error("broken")
  return message
})
const ticks = Source.tick(1_000).map(String)

describe("a flow that recovers from a failure", () => {
  it.each([
    ["recover", failing.recover(() => "sorry"), ["sorry", closed(1000)]],
    ["recoverWith", failing.recoverWith(() => ticks.take(3)), ["0", "1", "2", closed(1000)]],
    ["mapError", failing.mapError(() => new CloseError(4001, "sorry")), [closed(4001, "sorry")]],
    [
      "recover after statefulMap",
      failing
        .zipWithIndex()
        .map(String)
        .recover(() => "sorry"),
      ["sorry", closed(1000)],
    ],
  ])("sends what the stage makes of it, and logs no failure: %s", (_, flow, expected) => {
    const client = connect(text, flow).send("fail", "too late").advance(10_000)
    expect(client.received).toEqual(expected)
    expect(client.errors).toEqual([])
    expect(client.clock.pending).toBe(0)
  })

  it("recovers from a timeout", () => {
    const client = connect(
      text,
      Flow.of<string>()
        .idleTimeout("1 second")
        .recover(() => "too slow"),
    ).send("hello")
    expect(client.advance(1_000).received).toEqual(["hello", "too slow", closed(1000)])
  })

  it("ends with its sink where the sink half recovers", () => {
    const sink = failing.recover(() => "sorry").to(Sink.ignore())
    const client = connect(text, Flow.fromSinkAndSource(sink, ticks)).send("fail")
    expect(client.received).toEqual(["0", closed(1000)])
  })
})

describe("a flow with a sink beside it", () => {
  const all = Sink.ignore()
  const ignored = failing.to(all)
  const sorry = () => "sorry"
  const echo = Flow.of<string>()

  it.each([
    ["alsoTo below the failure", failing.alsoTo(all).recover(sorry), []],
    ["alsoTo above the failure", echo.alsoTo(all).via(failing).recover(sorry), []],
    ["alsoTo whose sink fails", echo.alsoTo(ignored).recover(sorry), ["fail"]],
    ["divertTo", failing.divertTo(all, () => false).recover(sorry), []],
    [
      "a branch with a sink",
      failing
        .broadcast<string>(
          (branch) => branch.to(all),
          (branch) => branch,
        )
        .recover(sorry),
      [],
    ],
    [
      "a sink that is coupled to a source",
      Flow.fromSinkAndSourceCoupled(ignored, Source.never<string>()).recover(sorry),
      [],
    ],
  ])("recovers, and logs no failure: %s", (_, flow, before) => {
    for (const slow of [flow, flow.delay(100)]) {
      const client = connect(text, slow).send("fail", "too late").advance(100)
      expect(client.received).toEqual([...before, "sorry", closed(1000)])
      expect(client.errors).toEqual([])
    }
  })

  it("sends the last element of a statefulMap that fails below alsoTo", () => {
    const counting = echo.alsoTo(all).statefulMap(
      () => 0,
      (count, message) => {
        if (message === "fail") throw new Error("broken")
        return [count + 1, message]
      },
      String,
    )
    expect(connect(text, counting).send("hi", "fail").received).toEqual(["hi", "1", closed(1011)])
  })

  it.each([
    ["in a side branch of its sink", echo.alsoTo(ignored).to(all)],
    ["in a half of its sink", Flow.fromSinkAndSource(ignored, Source.never()).to(all)],
  ])("has not failed where a wire tap has: %s", (_, tap) => {
    const client = connect(text, echo.wireTap(tap)).send("fail", "fine")
    expect([client.received, client.errors]).toEqual([["fail", "fine"], []])
  })

  it("reports the failure of a branch that comes after the end of the others", () => {
    const late = echo.broadcast<string>(
      (branch) => branch.take(1).concat(Source.never()),
      (branch) => branch.delay(100).via(failing).to(all),
    )
    const client = connect(text, late).send("fail").advance(100)
    expect([client.received, client.errors]).toEqual([["fail", closed(1011)], [new Error("broken")]])
  })
})

describe("a flow that fails", () => {
  it.each([
    ["in its sink half", Flow.fromSinkAndSource(failing.to(Sink.ignore()), ticks), ["0"]],
    ["in a side branch", Flow.of<string>().alsoTo(failing.to(Sink.ignore())), ["fail"]],
    ["before another stage", failing.map(String), []],
  ])("closes with 1011: %s", (_, flow, before) => {
    const client = connect(text, flow).send("fail")
    expect(client.received).toEqual([...before, closed(1011, "")])
    expect(client.errors).toEqual([new Error("broken")])
  })
})
