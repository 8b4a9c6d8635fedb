import { afterEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { dial } from "../support/dial.ts"

describe("/echo", () => {
  it("sends each message back", async () => {
    const line = await dial("/echo")
    expect(await line.send("a", "", "é😀").next(3)).toEqual(["a", "", "é😀"])
  })

  it("refuses bytes", async () => {
    const line = await dial("/echo")
    const refused = closed(1003, "This WebSocket only supports text frames")
    expect(await line.send("a", new Uint8Array(1)).next(2)).toEqual(["a", refused])
  })

  it("refuses a message of more than 1 MiB", async () => {
    const large = "a".repeat(1_048_576)
    const line = await dial("/echo")
    const refused = closed(1009, "A message may have 1048576 bytes")
    expect(await line.send(large, `${large}a`).next(2)).toEqual([large, refused])
  })

  it("serves many clients separately", async () => {
    const lines = await Promise.all(Array.from({ length: 20 }, () => dial("/echo")))
    const answers = await Promise.all(lines.map((line, index) => line.send(`${index}`).next()))
    expect(answers).toEqual(lines.map((_, index) => [`${index}`]))
  })
})

describe("/hello", () => {
  it("greets", async () => {
    const line = await dial("/hello")
    expect(await line.send("World", "you").next(2)).toEqual(["Hello World", "Hello you"])
  })
})

describe("/binary", () => {
  const bytes = new Uint8Array([0, 1, 254, 255])

  it("sends each message back", async () => {
    const line = await dial("/binary")
    expect(await line.send(bytes, new Uint8Array()).next(2)).toEqual([bytes, new Uint8Array()])
  })

  it("refuses text", async () => {
    const line = await dial("/binary")
    expect(await line.send("a").next()).toEqual([closed(1003, "This WebSocket only supports binary frames")])
  })
})

describe("/json", () => {
  it("sends each value back", async () => {
    const line = await dial("/json")
    const bytes = new TextEncoder().encode('{ "a": [1, null] }')
    expect(await line.send('"text"', bytes).next(2)).toEqual(['"text"', '{"a":[1,null]}'])
  })

  it("refuses text that is not JSON", async () => {
    const line = await dial("/json")
    expect(await line.send("{").next()).toEqual([closed(1003, "Unable to parse json message")])
  })
})

describe("/model", () => {
  it("turns foo into bar", async () => {
    const line = await dial("/model")
    expect(await line.send('{"foo":"a"}').next()).toEqual(['{"bar":"a"}'])
  })

  it("refuses other models with the issues", async () => {
    const line = await dial("/model")
    const issues = '[{"path":"foo","message":"Invalid type: Expected string but received 1"}]'
    expect(await line.send('{"foo":1}').next()).toEqual([closed(1003, issues)])
  })
})

describe("the disconnected flows", () => {
  afterEach(() => vi.restoreAllMocks())

  it("/greeting greets, logs its input and stays open", async () => {
    const line = await dial("/greeting")
    expect(await line.next()).toEqual(["Hello!"])
    const log = vi.spyOn(console, "log").mockReturnValue()
    line.send("Is anybody there?")
    await vi.waitFor(() => expect(log).toHaveBeenCalledWith("Is anybody there?"))
    expect(await line.close(1000, "bye").next()).toEqual([closed(1000, "bye")])
  })

  it("/goodbye greets and closes", async () => {
    expect(await (await dial("/goodbye")).next(2)).toEqual(["Hello!", closed(1000)])
  })

  it("/ticks ticks at once and then again and again", async () => {
    const line = await dial("/ticks?every=100")
    expect(await line.next(3)).toEqual(["tick", "tick", "tick"])
    line.close(1000)
  })
})
