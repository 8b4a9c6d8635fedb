import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { targets } from "../support/contract.ts"
import { frame, RawClient } from "../support/raw-client.ts"

describe.each(targets)("offers of subprotocols on the $name target", ({ path }) => {
  const open = (offer: string, select?: string) => {
    const query = select === undefined ? "" : `&select=${select}`
    const endpoint = select === undefined ? "text" : "subprotocol"
    const url = `${inject("contractUrl")}${path}/${endpoint}?id=${randomUUID()}${query}`
    return RawClient.connect(url, { "Sec-WebSocket-Protocol": offer })
  }
  const selected = ({ head }: RawClient) =>
    [...head.matchAll(/^Sec-WebSocket-Protocol: (.*?)\r?$/gim)].map(([, protocol]) => protocol)

  const long = Array.from({ length: 500 }, (_, index) => `protocol-${index}`)

  it.each([
    { what: "the same one twice", offer: "chat, chat", protocol: ["chat"] },
    { what: "nothing before the first", offer: ", ,chat", protocol: ["chat"] },
    { what: "nothing at all", offer: ", ,,", protocol: [] },
    { what: "no blanks", offer: "a,b,c", protocol: ["a"] },
    { what: "many blanks", offer: "  a  ,   b", protocol: ["a"] },
    { what: "hundreds", offer: long.join(", "), protocol: ["protocol-0"] },
    { what: "a very long one", offer: "x".repeat(8_000), protocol: ["x".repeat(8_000)] },
    { what: "upper case", offer: "Chat, chat", protocol: ["Chat"] },
  ])("row 22: the first of an offer is selected: $what", async ({ offer, protocol }) => {
    const client = await open(offer)
    expect(selected(client)).toEqual(protocol)
    expect(await client.send(frame.text("hi")).next()).toEqual(frame.text("hi"))
  })

  it.each([
    { what: "the last of hundreds", offer: long.join(","), select: "protocol-499" },
    { what: "one that is there twice", offer: "a, b, a, b", select: "b" },
  ])("row 22: the one that the handler selects is in the answer: $what", async ({ offer, select }) => {
    expect(selected(await open(offer, select))).toEqual([select])
  })

  it.each([
    { what: "another case", offer: "CHAT", select: "chat" },
    { what: "a part of one", offer: "chat.v2", select: "chat" },
    { what: "two in one", offer: "a, b", select: "a, b" },
  ])("row 23: a name that differs from the offered ones was not offered: $what", async ({ offer, select }) => {
    await expect(open(offer, select)).rejects.toThrow(/^Not accepted: HTTP\/1.1 500 /)
  })
})
