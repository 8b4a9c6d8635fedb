import { Flow, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { MemoryObject } from "sluice/testing"
import { expect, it } from "vitest"

/** Shared by all objects of the class, as a constant of a module is. */
const nothing: string[] = []

/** Changes the values of its cells in place, and sets them. */
class Careless extends FlowObject {
  private readonly said = this.cell("said", nothing)

  protected accept({ cell }: ConnectionContext) {
    const own = cell("own", nothing)
    const adding = Flow.of<string>().map((message) => {
      for (const list of [this.said, own]) {
        list.update((said) => {
          said.push(message)
          return said
        })
      }
      return `${this.said.get()} / ${own.get()}`
    })
    return webSocket.endpoint(text, adding)
  }

  async end() {
    await this.destroy()
  }
}

it("the initial value of a cell is the same for each object, each connection, and after the end of an object", async () => {
  const first = new MemoryObject(Careless, { name: "first" })
  const second = new MemoryObject(Careless, { name: "second" })
  await (await first.connect(text)).send("secret")
  const [ann, bob] = [await first.connect(text), await second.connect(text)]
  await ann.send("a")
  await bob.send("b")
  await ann.expect("secret,a / a")
  await bob.expect("b / b")
  await first.inside((object) => object.end())
  const late = await first.connect(text)
  await late.send("c")
  await late.expect("c / c")
  expect(nothing).toEqual([])
})
