import { Sink, Source, serverSentEvents } from "sluice"
import { expect, it, vi } from "vitest"

it("server-sent events are read from a response of workerd, and its body is cancelled", async () => {
  const cancel = vi.fn()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const text of ["data: a\r", "\ndata: é\r\n\r\nda", "ta: b\n\n"])
        controller.enqueue(new TextEncoder().encode(text))
    },
    cancel,
  })
  const response = new Response(body, { headers: { "Content-Type": "text/event-stream" } })
  const events = await Source.fromAsync(serverSentEvents(response)).take(2).runWith(Sink.toArray())
  expect(events.map(({ data }) => data)).toEqual(["a\né", "b"])
  await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
})
