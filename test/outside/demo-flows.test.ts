import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { tokensOf } from "../../durable-objects/made-up-model.ts"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { SessionClient } from "../support/session-client.ts"
import { logged } from "../support/worker-log.ts"
import { connect, type WsClient } from "../support/ws-client.ts"

const baseUrl = inject("baseUrl")
const demo = { req: { url: baseUrl } }

describe("/greeting", () => {
  it("greets, logs its input and stays open", async () => {
    const client = await connect(routes.greeting.url(demo))
    expect(await client.next()).toBe("Hello!")
    const words = [randomUUID(), randomUUID()]
    await logged(inject("baseLog"), new RegExp(words.map((word) => client.send(word) && word).join("\\s+")))
    client.close(1000, "as the client wishes")
    expect(await client.rest()).toEqual([])
    expect(await client.closed).toEqual({ code: 1000, reason: "as the client wishes" })
  })
})

describe("/goodbye", () => {
  it("greets, ignores its input and closes", async () => {
    const client = await RawClient.connect(routes.goodbye.url(demo))
    client.send(frame.text("ignored"))
    expect(await client.take(2)).toEqual([frame.text("Hello!"), frame.close(1000)])
    expect(await client.send(frame.close(1000)).rest()).toEqual([])
  })
})

describe("/ticks", () => {
  it("ticks at once and then each period, and logs its input", async () => {
    const client = await connect(routes.ticks.url(demo, { every: 100 }))
    expect(await client.take(4)).toEqual(["tick", "tick", "tick", "tick"])
    const word = randomUUID()
    client.send(word)
    await logged(inject("baseLog"), new RegExp(word))
    expect(await client.next()).toBe("tick")
  })

  it("ticks at once without a period", async () => {
    const client = await connect(routes.ticks.url(demo))
    expect(await client.next()).toBe("tick")
  })

  it.each(["100", "60000"])("takes a period of %s ms", async (every) => {
    const client = await connect(`${routes.ticks.url(demo)}?every=${every}`)
    expect(await client.next()).toBe("tick")
  })

  it.each(["99", "60001", "0", "-100", "100.5", "1e3", "abc", "", "NaN"])("refuses a period of '%s'", async (every) => {
    await expect(connect(`${routes.ticks.url(demo)}?every=${every}`)).rejects.toMatchObject({ status: 400 })
  })
})

it("/actor/echo sends each received message back", async () => {
  const client = await connect(routes.actorEcho.url(demo))
  expect(await client.send("hi", "").take(2)).toEqual(["I received your message: hi", "I received your message: "])
})

describe("/actor/stop", () => {
  it("echoes, and closes with 1000 on stop", async () => {
    const client = await RawClient.connect(routes.actorStop.url(demo))
    client.send(frame.text("hi"), frame.text("stop it"), frame.text("stop"), frame.text("too late"))
    expect(await client.take(3)).toEqual([frame.text("hi"), frame.text("stop it"), frame.close(1000)])
    expect(await client.send(frame.close(1000)).rest()).toEqual([])
  })
})

describe("/actor/stopwatch", () => {
  it("counts the seconds, and continues from the time at which it was stopped", async () => {
    const client = await connect(routes.actorStopwatch.url(demo))
    expect(await client.send("start").take(2)).toEqual(["0", "1"])
    expect(await client.send("stop", "start").next()).toBe("2")
    expect(await client.send("stop", "reset", "start").next()).toBe("0")
  })

  it("is separate for each client", async () => {
    const [one, other] = [
      await connect(routes.actorStopwatch.url(demo)),
      await connect(routes.actorStopwatch.url(demo)),
    ]
    expect(await one.send("start").take(2)).toEqual(["0", "1"])
    expect(await other.send("start").next()).toBe("0")
  })
})

describe("/rooms/:room", () => {
  const join = (room: string, name: string) => connect(routes.room.url(demo, { room, name }))
  const events = async (client: WsClient, count: number): Promise<Record<string, unknown>[]> =>
    (await client.take(count)).map((text) => JSON.parse(String(text)))
  const say = (text: string) => JSON.stringify({ type: "say", text })

  it("sends joins, messages and leaves to all, and the last messages to a new member", async () => {
    const room = randomUUID()
    const ann = await join(room, "Ann")
    expect(await events(ann, 1)).toEqual([{ type: "joined", name: "Ann" }])
    const [said] = await events(ann.send(say("Is anybody there?")), 1)
    expect(said).toEqual({ type: "said", name: "Ann", text: "Is anybody there?", seq: 1, at: expect.any(Number) })
    const bob = await join(room, "Bob")
    expect(await events(bob, 2)).toEqual([said, { type: "joined", name: "Bob" }])
    const [answer] = await events(bob.send(say("I am")), 1)
    expect(answer).toMatchObject({ type: "said", name: "Bob", text: "I am", seq: 2 })
    bob.socket.terminate()
    expect(await events(ann, 3)).toEqual([{ type: "joined", name: "Bob" }, answer, { type: "left", name: "Bob" }])
  })

  it("closes a client with 1003 for a message that is not valid", async () => {
    const client = await join(randomUUID(), "Ann")
    expect(await client.send(say("")).closed).toMatchObject({ code: 1003 })
  })

  it.each(["", "x".repeat(33)])("refuses the name '%s'", async (name) => {
    await expect(join("lobby", name)).rejects.toMatchObject({ status: 400 })
  })

  it("refuses a client without a name", async () => {
    await expect(connect(`${demo.req.url.replace("http", "ws")}/rooms/lobby`)).rejects.toMatchObject({ status: 400 })
  })

  it("refuses a room whose name has more than 64 characters", async () => {
    await expect(join("x".repeat(65), "Ann")).rejects.toMatchObject({ status: 400 })
  })
})

describe("/tokens", () => {
  it("answers a prompt token by token", async () => {
    const client = await connect(routes.tokens.url(demo))
    const answer = tokensOf("What?")
    expect(await client.send("What?").take(answer.length)).toEqual(answer)
  })

  it("cancels the answer when a new prompt comes", async () => {
    const client = await connect(routes.tokens.url(demo))
    const [first, second] = [tokensOf("First?"), tokensOf("Second?")]
    expect(await client.send("First?").take(4)).toEqual(first.slice(0, 4))
    client.send("Second?")
    const rest: unknown[] = []
    while (rest.at(-1) !== second.at(-1)) rest.push(await client.next())
    expect(rest.slice(-second.length)).toEqual(second)
    // Tokens that were on their way already.
    expect(rest.slice(0, -second.length)).toEqual(first.slice(4, 4 + rest.length - second.length))
    expect(rest.length).toBeLessThan(first.length - 4 + second.length)
  })

  it("loses no token of an answer with a lost socket", async () => {
    const client = await new SessionClient(routes.tokens.url(demo)).connect()
    const answer = tokensOf("Still there?")
    expect(await client.send("Still there?").take(3)).toEqual(answer.slice(0, 3))
    await client.drop().connect()
    expect(await client.take(answer.length - 3)).toEqual(answer.slice(3))
    expect(client.resyncs).toEqual([])
  })
})
