import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeAttachment, encodeAttachment, encodeFixedPart } from "../../src/durable/sockets/attachment.ts"

const words = fc.array(fc.constantFrom("a", "é", " ", '"', "\\", "\n")).map((parts) => parts.join(""))
const info = fc.record({
  url: fc.webUrl(),
  route: words,
  params: fc.dictionary(words, words),
  headers: fc.dictionary(words, words),
  data: fc.jsonValue(),
})
const stage = fc.tuple(fc.nat(), fc.nat(3), fc.option(fc.nat(), { nil: undefined }), fc.jsonValue())
const saved = fc.record({
  run: fc.array(stage, { maxLength: 5 }),
  guard: fc.constant(undefined),
  isOpen: fc.boolean(),
  inputIsDone: fc.boolean(),
  hasFailed: fc.boolean(),
})

describe("an attachment", () => {
  it("is unchanged after it was written and read", () => {
    const property = fc.property(fc.uuid(), words, info, saved, (id, hub, data, saved) => {
      const fingerprint = "1x9k3j2"
      const info = { ...data, id }
      const encoded = encodeAttachment(encodeFixedPart({ id, info, fingerprint }), saved, { hubs: [hub] })
      const written = structuredClone(encoded)
      // The info of a connection is JSON, which has no minus zero.
      expect(decodeAttachment(written)).toEqual({
        id,
        info: JSON.parse(JSON.stringify(info)),
        fingerprint,
        saved,
        hubs: [hub],
      })
    })
    fc.assert(property)
  })
})
