import { describe, expect, it } from "vitest"
import { asksForBatches, Batches, BatchSocket } from "../../src/socket/batch.ts"
import type { Data } from "../../src/socket/codec.ts"
import { closed } from "../support/client.ts"

function socket(batches = new Batches()) {
  const sent: unknown[] = []
  const raw = {
    send: (data: Data) => void sent.push(data),
    close: (code?: number, reason?: string) => void sent.push(closed(code, reason)),
  }
  return { sent, batches, socket: new BatchSocket(raw, batches) }
}

describe("a batch socket", () => {
  it("sends the texts of one event as one JSON array, in order", () => {
    const { sent, socket: client, batches } = socket()
    client.send("a")
    client.send('{"b":1}')
    expect(sent).toEqual([])
    batches.flush()
    expect(sent).toEqual(['["a","{\\"b\\":1}"]'])
  })

  it("sends bytes each after their length", () => {
    const { sent, socket: client, batches } = socket()
    client.send(new Uint8Array([7]))
    client.send(new Uint8Array(258).fill(9))
    batches.flush()
    expect(sent).toEqual([new Uint8Array([0, 0, 0, 1, 7, 0, 0, 1, 2, ...Array(258).fill(9)])])
  })

  it("keeps the order of texts and bytes, one kind a frame", () => {
    const { sent, socket: client, batches } = socket()
    client.send("a")
    client.send(new Uint8Array([1]))
    client.send("b")
    batches.flush()
    expect(sent).toEqual(['["a"]', new Uint8Array([0, 0, 0, 1, 1]), '["b"]'])
  })

  it("sends its collected messages before it closes", () => {
    const { sent, socket: client, batches } = socket()
    client.send("a")
    client.close(1000, "bye")
    batches.flush()
    expect(sent).toEqual(['["a"]', closed(1000, "bye")])
  })

  it("sends no message twice, and no empty frame", () => {
    const { sent, socket: client, batches } = socket()
    client.send("a")
    batches.flush()
    batches.flush()
    expect(sent).toEqual(['["a"]'])
  })

  it("has the bufferedAmount of its socket, if that has one", () => {
    const { socket: client } = socket()
    expect(client.bufferedAmount).toBe(undefined)
    const busy = { send() {}, close() {}, bufferedAmount: 7 }
    expect(new BatchSocket(busy, new Batches()).bufferedAmount).toBe(7)
  })

  it("counts its collected messages as buffered, so that an endless source cannot fill the memory in one event", () => {
    const busy = { send() {}, close() {}, bufferedAmount: 7 }
    const batches = new Batches()
    const client = new BatchSocket(busy, batches)
    client.send("abc")
    client.send("de")
    expect(client.bufferedAmount).toBe(7 + 5)
    batches.flush()
    expect(client.bufferedAmount).toBe(7)
  })

  it("is pending until it has sent, so that a closed one does not stay in memory", () => {
    const { socket: client, batches } = socket()
    client.send("a")
    expect(batches.pending.size).toBe(1)
    batches.flush()
    expect(batches.pending.size).toBe(0)
  })

  it("makes the frame of the same messages once for all", () => {
    const batches = new Batches()
    const bytes = new Uint8Array([1])
    const [one, other] = [socket(batches), socket(batches)]
    for (const { socket } of [one, other]) socket.send(bytes)
    batches.flush()
    expect(one.sent[0]).toBe(other.sent[0])
  })
})

describe("batches are for clients", () => {
  const request = (protocols: string) =>
    new Request("http://localhost", { headers: { "Sec-WebSocket-Protocol": protocols } })

  it("that offer them, on endpoints that have them", () => {
    expect(asksForBatches(request("chat, sluice.batch"), { batch: true })).toBe(true)
    expect(asksForBatches(request("chat"), { batch: true })).toBe(false)
    expect(asksForBatches(request("sluice.batch"), {})).toBe(false)
  })

  it("not if another subprotocol was selected", () => {
    expect(asksForBatches(request("chat, sluice.batch"), { batch: true, subprotocol: "chat" })).toBe(false)
  })
})
