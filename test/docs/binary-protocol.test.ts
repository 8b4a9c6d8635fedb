import { binary, CloseCode, CloseError, Flow } from "sluice"
import { expect, it } from "vitest"
import { Client, closed } from "../support/client.ts"

// #region points
interface Point {
  x: number
  y: number
}

/** Two 32-bit floats, the most significant byte first. */
const points = binary
  .map((bytes): Point => {
    if (bytes.byteLength !== 8) throw new CloseError(CloseCode.invalidPayload, "A point has 8 bytes")
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return { x: view.getFloat32(0), y: view.getFloat32(4) }
  })
  .contramap(({ x, y }: Point) => {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat32(0, x)
    view.setFloat32(4, y)
    return new Uint8Array(view.buffer)
  })
// #endregion

it("points are received and sent as bytes", () => {
  const mirror = Flow.of<Point>().map(({ x, y }) => ({ x: y, y: x }))
  const client = new Client(points, mirror).open()
  client.send(Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0), new Uint8Array(3))
  expect(client.received).toEqual([Uint8Array.of(0xc0, 0, 0, 0, 0x3f, 0x80, 0, 0), closed(1007, "A point has 8 bytes")])
})
