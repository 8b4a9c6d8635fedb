import { abortAllDurableObjects } from "cloudflare:test"
import { Flow, Sink, Source, text, webSocket } from "sluice"
import { beforeEach, describe, expect, it } from "vitest"
import { dial, newAcceptingObject, path, testObject } from "../support/accepting-object.ts"
import { script } from "../support/durable-worker/scripted.ts"
import { RemoteClients } from "../support/remote-clients.ts"

beforeEach(newAcceptingObject)

describe("state that is spilled to a row (fault 48)", () => {
  beforeEach(() =>
    script(({ hub }) => {
      const news = hub<string>("news")
      return {
        accept({ data }) {
          if (data === "news") return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), news.source()))
          const ends = Sink.onComplete(() => news.publish("left"))
          const all = Flow.of<string>().scan("", (all, text) => all + text)
          return webSocket.endpoint(
            text,
            all
              .drop(1)
              .map(({ length }) => String(length))
              .alsoTo(ends)
              .merge(Source.never()),
          )
        },
      }
    }),
  )

  it("is deleted after a crash with the next socket", async () => {
    expect(await (await dial("all")).send("x".repeat(20_000)).next()).toEqual(["20000"])
    expect(await testObject.rows()).toEqual([expect.stringMatching("^sluice:spill:")])
    await abortAllDurableObjects()
    await dial("news")
    expect(await testObject.rows()).toEqual([])
  })

  it("stays while its socket hibernates, though another one is accepted first", async () => {
    const client = await dial("all")
    expect(await client.send("x".repeat(20_000)).next()).toEqual(["20000"])
    await testObject.sleep()
    await dial("news")
    expect(await client.send("y").next()).toEqual(["20001"])
  })

  it("is available to the end of a client that has vanished while the object hibernated", async () => {
    const [news, clients] = [await dial("news"), new RemoteClients()]
    const lost = await clients.dial(path("all").replace(":id", testObject.id))
    await clients.send(lost, "x".repeat(20_000))
    await testObject.arrived()
    expect(await testObject.rows()).toHaveLength(1)
    await testObject.sleep()
    await clients.vanish()
    expect(await news.next()).toEqual(["left"])
    expect(await testObject.rows()).toEqual([])
  })
})
