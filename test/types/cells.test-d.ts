import { Flow, text, webSocket } from "sluice"
import { type Cell, type ConnectionContext, FlowObject } from "sluice/durable"
import * as v from "valibot"
import { expectTypeOf, it } from "vitest"

const Named = v.object({ count: v.number(), name: v.optional(v.string()) })
const Status = v.object({ is: v.picklist(["idle", "busy"]) })
type Named = v.InferOutput<typeof Named>

class Cells extends FlowObject {
  readonly plain = this.cell("plain", 0)
  readonly listed = this.cell<string[]>("listed", [])
  readonly named = this.cell("named", { count: 0 }, Named)
  readonly migrated = this.cell("migrated", { count: 0 }, { schema: Named, migrate: () => ({ count: 1 }) })
  readonly changed = this.cell(
    "changed",
    { is: "idle" },
    { schema: Status, migrate: (stored) => ({ is: stored ? "busy" : "idle" }) },
  )
  readonly status = this.cell("status", "idle", v.picklist(["idle", "busy"]))
  readonly literal = this.cell("literal", { is: "idle" }, Status)
  // @ts-expect-error
  readonly wrong = this.cell("wrong", { name: "a" }, Named)

  protected accept({ cell }: ConnectionContext) {
    expectTypeOf(cell("plain", 0)).toEqualTypeOf<Cell<number>>()
    expectTypeOf(cell("named", { count: 0 }, Named)).toEqualTypeOf<Cell<Named>>()
    return webSocket.endpoint(text, Flow.of<string>())
  }
}

it("a cell has the values of its schema, and without one those of its initial value", () => {
  expectTypeOf<Cells["plain"]>().toEqualTypeOf<Cell<number>>()
  expectTypeOf<Cells["listed"]>().toEqualTypeOf<Cell<string[]>>()
  expectTypeOf<Cells["named"]>().toEqualTypeOf<Cell<Named>>()
  expectTypeOf<Cells["migrated"]>().toEqualTypeOf<Cell<Named>>()
  expectTypeOf<Cells["changed"]>().toEqualTypeOf<Cell<v.InferOutput<typeof Status>>>()
  expectTypeOf<Cells["literal"]>().toEqualTypeOf<Cells["changed"]>()
  expectTypeOf<Cells["status"]>().toEqualTypeOf<Cell<"idle" | "busy">>()
})
