import { text } from "sluice"
import { connect } from "sluice/client"
import { protocol } from "sluice/protocol"
import { expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { fakeSockets } from "./fake-socket.ts"

const echo = protocol("/echo", { receives: text, sends: text })

/** A client whose URL the test makes. */
function dial() {
  const { WebSocket, made } = fakeSockets()
  const clock = new TestClock()
  const urls: ((url: string) => void)[] = []
  const base = () => new Promise<string>((resolve) => urls.push(resolve))
  const client = connect(echo, {}, { base, WebSocket, clock, random: () => 1 })
  const answer = () => {
    urls.shift()?.("https://example.com")
    return settled()
  }
  return { client, made, clock, answer }
}

// A socket of the package ws that is closed before it is open ends the process, if it has no listener for its error.
it("makes no socket for a URL that comes after the client was closed", async () => {
  const { client, made, answer } = dial()
  await settled()
  client.close()
  await answer()
  expect(made).toEqual([])
})

it("makes no socket for a URL that comes after the handshake timeout", async () => {
  const { made, clock, answer } = dial()
  await settled()
  clock.advance(10_100)
  await answer()
  expect(made).toEqual([])
  await answer()
  expect(made.length).toBe(1)
})
