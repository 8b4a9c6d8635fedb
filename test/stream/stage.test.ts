import { describe, expect, it } from "vitest"
import { ClockHost } from "../../src/stream/clock-host.ts"
import { Run } from "../../src/stream/engine/run.ts"
import { Stage } from "../../src/stream/engine/stage.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

/** Records its calls, and runs the test's calls. */
class Noting extends Stage {
  readonly notes: string[] = []

  push(): boolean {
    return true
  }

  override onComplete(): void {
    this.notes.push("complete")
  }

  override onFail(): void {
    this.notes.push("fail")
  }

  override onCancel(): void {
    this.notes.push("cancel")
  }

  end(): void {
    this.finish()
  }

  endOutput(): void {
    this.completeDown()
  }

  break(): void {
    this.failStage(new Error("broken"))
  }

  wait(due: number): void {
    this.wakeAt(due)
  }
}

/** Three stages in a line; the one in the middle closes its sides by hand. */
function line() {
  const [above, middle, below] = [new Noting(), new Noting(), new Noting()]
  above.down = middle
  middle.up = above
  middle.down = below
  below.up = middle
  const host = new ClockHost(new TestClock())
  host.run = new Run([above, middle, below], host)
  host.run.start()
  return { above, middle, below, run: host.run }
}

describe("a side of a stage closes once (fault 4)", () => {
  it("for any signal to a closed input", () => {
    const { middle } = line()
    middle.complete()
    middle.complete()
    middle.fail(new Error("late"))
    expect(middle.notes).toEqual(["complete"])
  })

  it("for any signal to a failed input", () => {
    const { middle } = line()
    middle.fail(new Error("first"))
    middle.fail(new Error("late"))
    middle.complete()
    expect(middle.notes).toEqual(["fail"])
  })

  it("for any number of cancellations of its output", () => {
    const { middle } = line()
    middle.cancel()
    middle.cancel(new Error("late"))
    expect(middle.notes).toEqual(["cancel"])
  })

  it("for any number of ends by the stage", () => {
    const { above, middle, below } = line()
    middle.end()
    middle.end()
    middle.break()
    expect([above.notes, below.notes]).toEqual([["cancel"], ["complete"]])
  })

  it("for any number of failures by the stage", () => {
    const { above, middle, below } = line()
    middle.break()
    middle.end()
    middle.break()
    expect([above.notes, below.notes]).toEqual([["cancel"], ["fail"]])
  })

  it("and an ended stage has no timer", () => {
    const { middle, run } = line()
    middle.wait(100)
    expect(run.due).toBe(100)
    middle.end()
    expect(run.due).toBe(Infinity)
  })

  it("and a stage of which one side is open keeps its timer", () => {
    const { middle, run } = line()
    middle.wait(100)
    middle.endOutput()
    expect(run.due).toBe(100)
  })

  it("and each closing is to be saved", () => {
    const { middle, run } = line()
    run.save()
    middle.end()
    expect(run.save()).toEqual([
      [0, 2, undefined, undefined],
      [1, 3, undefined, undefined],
      [2, 1, undefined, undefined],
    ])
  })
})
