import { describe, expect, it } from "vitest"
import type { EncodedAttachment } from "../../src/durable/sockets/attachment.ts"
import { AttachmentStore } from "../../src/durable/sockets/attachment-store.ts"
import { MemorySocket } from "../support/memory-object.ts"

const encoded = (state: unknown): EncodedAttachment => [
  1,
  "id fingerprint {}",
  1,
  undefined,
  undefined,
  0,
  0,
  undefined,
  state,
]

/** A store without rows, and its write of a state. */
function write(state: unknown): boolean {
  const kv = { get() {}, put() {}, delete: () => false, list: () => [] }
  const store = new AttachmentStore(Object.assign({ kv }))
  return store.write(Object.assign(new MemorySocket()), "id", encoded(state))
}

describe("an attachment store", () => {
  it("writes an attachment that fits", () => expect(write("small")).toBe(true))

  it("reports an attachment that is too large, to be spilled", () => expect(write("x".repeat(20_000))).toBe(false))

  it("does not report a value that structured clone refuses as too large", () => {
    expect(() => write(() => {})).toThrow(DOMException)
  })
})
