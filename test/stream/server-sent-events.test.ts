import fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import { BufferOverflowError } from "../../src/stream/errors.ts"
import { type ServerSentEventsOptions, serverSentEvents } from "../../src/stream/server-sent-events.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"

/** A body of these chunks, texts as UTF-8. */
function bodyOf(...chunks: (string | Uint8Array)[]) {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk)
      controller.close()
    },
  })
}

const read = (body: ReadableStream<Uint8Array>, options?: ServerSentEventsOptions) =>
  Source.fromAsync(serverSentEvents(body, options)).runWith(Sink.toArray())

const eventsOf = (...chunks: string[]) => read(bodyOf(...chunks))

const dataOf = async (...chunks: string[]) => (await eventsOf(...chunks)).map(({ data }) => data)

const responseOf = (body: string, type: string, status = 200) =>
  new Response(body, { status, headers: { "Content-Type": type } })

describe("serverSentEvents", () => {
  it("emits the event, data, id and retry of each event", async () => {
    expect(await eventsOf("event: add\ndata: 1\nid: a\nretry: 500\n\ndata: 2\n\n")).toEqual([
      { event: "add", data: "1", id: "a", retry: 500 },
      { event: "message", data: "2", id: "a", retry: 500 },
    ])
  })

  it.each(["\n", "\r", "\r\n"])("ends lines with %j", async (end) => {
    expect(await dataOf(["data: a", "data: b", "", "data: c", "", ""].join(end))).toEqual(["a\nb", "c"])
  })

  it("takes a CR and an LF in two chunks for one line end", async () => {
    expect(await dataOf("data: a\r", "\ndata: b\r", "\n\r", "\n")).toEqual(["a\nb"])
  })

  it("emits an event at the CR of its last line, without the next chunk", async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    void writable.getWriter().write(new TextEncoder().encode("data: a\r\r"))
    const probe = Probe.source(() => Source.fromAsync(serverSentEvents(readable))).request(1)
    await settled()
    await settled()
    expect(probe.received).toEqual([{ event: "message", data: "a", id: "", retry: undefined }])
  })

  it("skips one byte order mark at the start", async () => {
    expect(await dataOf("\uFEFFdata: a\n\n\uFEFFdata: b\n\n")).toEqual(["a"])
  })

  it("skips comments and unknown fields", async () => {
    expect(await dataOf(": hello\ndata: a\n:\nother: b\n\n")).toEqual(["a"])
  })

  it("removes one space after the colon", async () => {
    expect(await dataOf("data:a\n\ndata:  b\n\ndata: c: d\n\n")).toEqual(["a", " b", "c: d"])
  })

  it("emits empty data, and no event without data", async () => {
    expect(await dataOf("data\n\ndata\ndata\n\nevent: none\n\ndata: a\n\n")).toEqual(["", "\n", "a"])
    expect((await eventsOf("event: none\n\ndata: a\n\n"))[0]?.event).toBe("message")
  })

  it("keeps the id of an event without data, and resets it with an empty one", async () => {
    const ids = (await eventsOf("id: a\n\ndata: 1\n\nid\ndata: 2\n\n")).map(({ id }) => id)
    expect(ids).toEqual(["a", ""])
  })

  it("ignores an id with NUL, and a retry that is no number", async () => {
    expect(await eventsOf("id: a\nid: b\0c\nretry: 5s\nretry: -1\ndata: 1\n\n")).toEqual([
      { event: "message", data: "1", id: "a", retry: undefined },
    ])
  })

  it("discards an event without its blank line at the end", async () => {
    expect(await dataOf("data: a\n\ndata: b\n")).toEqual(["a"])
  })

  it("replaces bytes that are no UTF-8", async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode("data: "), 0xff, 10, 10])
    expect((await read(bodyOf(bytes)))[0]?.data).toBe("\uFFFD")
  })

  it("gives the same events for every division into chunks", async () => {
    const line = fc.oneof(
      fc.constantFrom("", "", "data", "data: é\u{1F600}", "data:b", "event: e", "id: 1", "id: \0", "retry: 7", ": c"),
      fc.string({ unit: "binary", maxLength: 6 }).map((text) => `data: ${text}`),
    )
    const ended = fc.tuple(line, fc.constantFrom("\n", "\r", "\r\n")).map(([text, end]) => text + end)
    const text = fc
      .tuple(fc.constantFrom("", "\uFEFF"), fc.array(ended, { maxLength: 20 }))
      .map(([mark, lines]) => mark + lines.join(""))
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(200), { maxLength: 8 }), async (text, cuts) => {
        const bytes = new TextEncoder().encode(text)
        const borders = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b)
        const chunks = borders.slice(1).map((border, index) => bytes.slice(borders[index], border))
        const inBytes = [...bytes].map((byte) => Uint8Array.of(byte))
        const whole = await read(bodyOf(bytes))
        expect(await read(bodyOf(...chunks))).toEqual(whole)
        expect(await read(bodyOf(...inBytes))).toEqual(whole)
        expect(whole).toEqual(naive(text))
      }),
      { numRuns: 300 },
    )
  })

  it("cancels the body when the stream is cancelled, even while a chunk is awaited", async () => {
    const cancel = vi.fn()
    const body = new ReadableStream<Uint8Array>({ cancel })
    const probe = Probe.source(() => Source.fromAsync(serverSentEvents(body))).request(1)
    await settled()
    probe.cancel()
    await settled()
    expect(cancel).toHaveBeenCalledOnce()
  })

  it("fails with the error of the body", async () => {
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("reset")) })
    await expect(read(body)).rejects.toThrow("reset")
  })

  it.each(["data: 123456\n\n", "data: 1\ndata: 2\n\n", ": 123456789", "12345678901"])(
    "fails for more than maxEventSize characters, and cancels the body: %j",
    async (text) => {
      const cancel = vi.fn()
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
        cancel,
      })
      const error = await read(body, { maxEventSize: 10 }).catch((thrown) => thrown)
      expect(error).toBeInstanceOf(BufferOverflowError)
      expect(error.message).toBe(
        "An event of the stream has more than 10 characters: raise the maxEventSize of serverSentEvents",
      )
      expect(cancel).toHaveBeenCalledOnce()
    },
  )

  it("counts the characters of each event alone", async () => {
    const body = bodyOf("data: 123\n\n".repeat(5))
    expect(await read(body, { maxEventSize: 10 })).toHaveLength(5)
  })

  it("reads a response of the type text/event-stream", async () => {
    const response = responseOf("data: a\n\n", "text/event-stream; charset=utf-8")
    expect(await Source.fromAsync(serverSentEvents(response)).runWith(Sink.toArray())).toHaveLength(1)
  })

  it("names the status and the type of another response, and leaves its body", async () => {
    const response = responseOf("no such model", "text/plain", 404)
    expect(() => serverSentEvents(response)).toThrow(
      'got the status 404 and the content type "text/plain": look at response.ok before it',
    )
    expect(await response.text()).toBe("no such model")
    expect(() => serverSentEvents(responseOf("", "application/json"))).toThrow(TypeError)
    expect(() => serverSentEvents(new Response(null))).toThrow("the content type null")
  })

  it("names an argument that is neither a response nor a stream", () => {
    expect(() => serverSentEvents("data: a" as never)).toThrow(
      'serverSentEvents takes a response or a stream of bytes, and got "data: a": give it what fetch returns',
    )
    expect(() => serverSentEvents(bodyOf(), { maxEventSize: 0 })).toThrow(RangeError)
  })
})

/** The events of a whole text, by the algorithm of the standard. */
function naive(text: string) {
  const events: object[] = []
  let [data, event, id] = ["", "", ""]
  let retry: number | undefined
  for (const line of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .slice(0, -1)) {
    if (line === "") {
      if (data !== "") events.push({ event: event || "message", data: data.slice(0, -1), id, retry })
      data = event = ""
      continue
    }
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (field === "data") data += `${value}\n`
    if (field === "event") event = value
    if (field === "id" && !value.includes("\0")) id = value
    if (field === "retry" && /^\d+$/.test(value)) retry = Number(value)
  }
  return events
}
