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

it.each(Object.values(routes).map(({ path }) => path))("%s asks for an upgrade", async (path) => {
  const response = await fetch(baseUrl + path.replace(":id", "1"))
  expect(response.status).toBe(426)
  expect(await response.text()).toMatch(/^[^\n]+\n$/)
})

describe("/echo", () => {
  it("sends each message back", async () => {
    const client = await connect(routes.echo.url(demo))
    expect(await client.send("hi", "", "Füße 😀").take(3)).toEqual(["hi", "", "Füße 😀"])
    client.close(4000, "bye")
    expect(await client.closed).toEqual({ code: 4000, reason: "bye" })
  })

  it("speaks the protocol as it is on the wire", async () => {
    const client = await RawClient.connect(routes.echo.url(demo))
    expect(client.head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
    client.send(frame.text("one "), frame.text("two ", { fin: false }), frame.continuation("halves"), frame.close())
    expect(await client.rest()).toEqual([frame.text("one "), frame.text("two halves"), frame.close()])
  })
})

it("/hello greets", async () => {
  const client = await connect(routes.hello.url(demo))
  expect(await client.send("Ada", "Grace").take(2)).toEqual(["Hello Ada", "Hello Grace"])
})

describe("/binary", () => {
  it("sends each binary message back", async () => {
    const client = await connect(routes.binary.url(demo))
    expect(await client.send(Buffer.from([0, 128, 255])).next()).toEqual(Buffer.from([0, 128, 255]))
  })

  it("refuses text", async () => {
    const client = await connect(routes.binary.url(demo))
    expect(await client.send("hi").closed).toEqual({
      code: 1003,
      reason: "This WebSocket only supports binary frames",
    })
  })
})

describe("/json", () => {
  it("sends each JSON value back", async () => {
    const client = await connect(routes.json.url(demo))
    const values = ['{"a":[1,2,{"b":null}]}', '"text"', "3.5", "true", "null"]
    expect(await client.send(...values).take(values.length)).toEqual(values)
  })

  it("refuses what is not JSON", async () => {
    const client = await connect(routes.json.url(demo))
    expect(await client.send("{").closed).toEqual({ code: 1003, reason: "Unable to parse json message" })
  })
})

describe("/model", () => {
  it("turns a foo into a bar", async () => {
    const client = await connect(routes.model.url(demo))
    expect(await client.send('{"foo":"x"}').next()).toBe('{"bar":"x"}')
  })

  it("refuses other models, and says why", async () => {
    const client = await connect(routes.model.url(demo))
    const { code, reason } = await client.send('{"foo":1}').closed
    expect(code).toBe(1003)
    expect(JSON.parse(reason)).toEqual([{ path: "foo", message: "Invalid type: Expected string but received 1" }])
  })
})

describe("/greeting", () => {
  it("greets, logs what comes in and stays open", async () => {
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
  it("greets, ignores what comes in and closes", async () => {
    const client = await RawClient.connect(routes.goodbye.url(demo))
    client.send(frame.text("ignored"))
    expect(await client.take(2)).toEqual([frame.text("Hello!"), frame.close(1000)])
    expect(await client.send(frame.close(1000)).rest()).toEqual([])
  })
})

describe("/ticks", () => {
  it("ticks at once and then each period, and logs what comes in", async () => {
    const client = await connect(routes.ticks.url(demo, { every: 100 }))
    expect(await client.take(4)).toEqual(["tick", "tick", "tick", "tick"])
    const word = randomUUID()
    client.send(word)
    await logged(inject("baseLog"), new RegExp(word))
    expect(await client.next()).toBe("tick")
  })

  it("ticks at once where no period is given", async () => {
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

it("/actor/echo says what it has received", async () => {
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
  it("counts the seconds, and goes on where it was stopped", async () => {
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

describe("/private", () => {
  it("is forbidden without the cookie", async () => {
    await expect(connect(routes.private.url(demo))).rejects.toMatchObject({ status: 403, body: "Forbidden" })
    const headers = { Cookie: "users=ada; User=ada" }
    await expect(connect(routes.private.url(demo), { headers })).rejects.toMatchObject({ status: 403 })
  })

  it("echoes with it", async () => {
    const client = await connect(routes.private.url(demo), { headers: { Cookie: "theme=dark; user=ada" } })
    expect(await client.send("hi").next()).toBe("hi")
  })
})

describe("/items/:id", () => {
  it.each(["1", "2", "3"])("echoes with the item %s", async (id) => {
    const client = await connect(routes.items.url(demo, { id }))
    expect(await client.send("hi").next()).toBe(`item ${id}: hi`)
  })

  it.each(["0", "4", "one", "1 "])("is not found: %s", async (id) => {
    await expect(connect(routes.items.url(demo, { id }))).rejects.toMatchObject({ status: 404 })
  })
})

describe("/close", () => {
  it.each([
    ["1000", 1000, ""],
    ["1001 back soon", 1001, "back soon"],
    ["4321 two  spaces", 4321, "two  spaces"],
    [`3000 ${"é".repeat(100)}`, 3000, "é".repeat(61)],
  ])("closes as it is told: %s", async (message, code, reason) => {
    const client = await connect(routes.close.url(demo))
    expect(await client.send(message).closed).toEqual({ code, reason })
  })

  it.each(["", "hello", "1005", "1006 gone", "999 low", "5000 high", "2000", "10000", "1000reason"])(
    "closes with 1003 where it is told '%s'",
    async (message) => {
      const client = await connect(routes.close.url(demo))
      expect((await client.send(message).closed).code).toBe(1003)
    },
  )

  it("closes once on the wire", async () => {
    const client = await RawClient.connect(routes.close.url(demo))
    client.send(frame.text("4000 bye"), frame.text("4001 again"))
    expect(await client.next()).toEqual(frame.close(4000, "bye"))
    expect(await client.send(frame.close(4000, "bye")).rest()).toEqual([])
  })
})

describe("/subprotocol", () => {
  it.each([
    { offered: ["chat.v1"], spoken: "chat.v1" },
    { offered: ["chat.v2"], spoken: "chat.v2" },
    { offered: ["chat.v1", "chat.v2"], spoken: "chat.v2" },
    { offered: ["other", "chat.v1"], spoken: "chat.v1" },
  ])("speaks $spoken where $offered are offered", async ({ offered, spoken }) => {
    const client = await connect(routes.subprotocol.url(demo), { protocols: offered })
    expect(client.headers["sec-websocket-protocol"]).toBe(spoken)
    expect(await client.send("hi").next()).toBe(`${spoken}: hi`)
  })

  it.each([[[]], [["chat.v3"]]])("refuses a client that offers %j", async (protocols) => {
    await expect(connect(routes.subprotocol.url(demo), { protocols })).rejects.toMatchObject({ status: 400 })
  })
})

describe("/handshake", () => {
  it("carries the request's id and a cookie, and echoes", async () => {
    const client = await connect(routes.handshake.url(demo), { headers: { "X-Request-Id": "a-trace" } })
    expect(client.headers).toMatchObject({
      "x-websocket-trace": "a-trace",
      "set-cookie": ["ws-demo=connected; HttpOnly"],
    })
    expect(await client.send("hi").next()).toBe("hi")
  })

  it("makes an id where the request has none", async () => {
    const { headers } = await connect(routes.handshake.url(demo))
    expect(headers["x-websocket-trace"]).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers["x-request-id"]).toBe(headers["x-websocket-trace"])
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
    // What was on its way already.
    expect(rest.slice(0, -second.length)).toEqual(first.slice(4, 4 + rest.length - second.length))
    expect(rest.length).toBeLessThan(first.length - 4 + second.length)
  })

  it("loses nothing of an answer with a lost socket", async () => {
    const client = await new SessionClient(routes.tokens.url(demo)).connect()
    const answer = tokensOf("Still there?")
    expect(await client.send("Still there?").take(3)).toEqual(answer.slice(0, 3))
    await client.drop().connect()
    expect(await client.take(answer.length - 3)).toEqual(answer.slice(3))
    expect(client.resyncs).toEqual([])
  })
})

describe("/limits", () => {
  it("echoes", async () => {
    const client = await connect(routes.limits.url(demo))
    expect(await client.send("hi").next()).toBe("hi")
  })

  it("takes messages of 1 KiB, and closes with 1009 above it", async () => {
    const client = await connect(routes.limits.url(demo))
    const long = "é".repeat(512)
    expect(await client.send(long).next()).toBe(long)
    expect((await client.send(`${long}x`).closed).code).toBe(1009)
  })

  it("takes 20 messages at once, and closes with 1008 above it", async () => {
    const client = await RawClient.connect(routes.limits.url(demo))
    const messages = Array.from({ length: 20 }, (_, index) => frame.text(`${index}`))
    client.send(...messages, frame.text("one too many"))
    expect(await client.take(20)).toEqual(messages)
    expect((await client.next()).payload.readUInt16BE()).toBe(1008)
  })

  it("answers ping with pong, as often as it comes", async () => {
    const client = await connect(routes.limits.url(demo))
    const pings = Array.from({ length: 100 }, () => "ping")
    expect(await client.send(...pings).take(100)).toEqual(pings.map(() => "pong"))
    expect(await client.send("hi").next()).toBe("hi")
  })
})

describe("a page of another origin", () => {
  const urls = Object.values(routes).map(({ path }) => path.replace(/:\w+/, "1"))
  const ask = (path: string, origin: string) => connect(baseUrl + path, { headers: { Origin: origin } })

  it.each(urls)("may not connect to %s", async (path) => {
    for (const origin of ["https://evil.example", "null"]) {
      await expect(ask(path, origin)).rejects.toMatchObject({ status: 403 })
    }
  })

  it("is not the page itself, which may", async () => {
    expect(await (await ask("/echo", baseUrl)).send("hi").next()).toBe("hi")
  })
})

describe("a name that all clients share", () => {
  const paths = ["/rooms/:id?name=Ann", "/stopwatch/:id", "/stopwatch-on-request/:id", "/control/:id"]
  const open = (path: string, id: string) => connect(baseUrl + path.replace(":id", encodeURIComponent(id)))
  const refused = [
    { what: "65 characters", id: "x".repeat(65) },
    { what: "a line feed", id: "a\nb" },
    { what: "a zero", id: "a\0b" },
    { what: "a control character of Latin-1", id: "a\u0085b" },
    { what: "an end of a line", id: "a\u2028b" },
    { what: "a mark that turns text around", id: "a\u202Eb" },
    { what: "an isolate", id: "\u2066a\u2069" },
    { what: "a mark for right to left", id: "a\u200F" },
  ]

  it.each(paths)("has 1 to 64 characters, of any writing: %s", async (path) => {
    for (const id of ["x", randomUUID(), "x".repeat(64), "東京 👩‍👩‍👧", "שלום"]) await open(path, id)
  })

  it.each(refused)("has no $what", async ({ id }) => {
    for (const path of paths) {
      const rejection = { status: 400, body: "A name has 1 to 64 characters, and no control characters among them" }
      await expect(open(path, id)).rejects.toMatchObject(rejection)
    }
  })

  it.each(refused.slice(1))("of a member has no $what", async ({ id }) => {
    const rejection = connect(routes.room.url(demo, { room: "lobby", name: id }))
    await expect(rejection).rejects.toMatchObject({ status: 400 })
  })
})
