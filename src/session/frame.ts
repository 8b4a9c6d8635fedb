import { defaultInFlight } from "./offer.ts"

/** One message: a text, a JSON text, or bytes. */
export type Data = string | Uint8Array

/** How texts stand in a frame: as JSON strings, or spliced in because they are JSON themselves. */
export type TextFormat = "text" | "json"

/** First frame of the server on a socket: the session, how many messages of the client it has, and the number of its own next one. */
export type Welcome = readonly ["hi", session: string, received: number, resumed: boolean, next: number]

/** Requests an acknowledgement: the number of the last message up to and with this frame, and how many of the client's are done. */
export type Counts = readonly ["at", sent: number, done: number]

/** A number acknowledges so many messages of the other end: they are done for good. 0 acknowledges nothing. */
export type Header = number | Welcome | Counts

export interface Frame {
  readonly header: Header
  /** `Uint8Array`s in a binary frame, strings in the format `text`, values in the format `json`. */
  readonly messages: readonly unknown[]
}

/** A frame that is no `sluice.1` frame, or with a number that contradicts the messages sent so far. */
export class FrameError extends Error {
  override name = "FrameError"
}

/** A frame with as many bytes takes no further message. */
const fullFrame = 65_536
/** Bytes of a binary frame's header, and of the length before each binary message. */
export const word = 4

/** The size of a client's largest frame, if its messages have at most so many bytes. JSON writes a character of a text with up to six. */
export function largestFrame(format: TextFormat | "binary", maxMessageSize: number): number {
  const beside = 2 * word * (defaultInFlight + 1)
  return (fullFrame + maxMessageSize) * (format === "text" ? 6 : 1) + beside
}

/**
 * Encodes messages, in order, as one frame or more. The last frame carries the header, because its counts include all messages.
 * Without messages, the header 0 needs no frame.
 */
export function encodeFrames(header: Header, messages: readonly Data[], format: TextFormat): Data[] {
  const parts = partsOf(messages)
  const last = parts.at(-1)
  const carries = header === 0 || (last && (isTexts(last) || isWord(header)))
  if (!carries) parts.push([])
  return parts.map((part, index) => {
    const own = index === parts.length - 1 ? header : 0
    return isTexts(part) ? encodeTexts(own, part, format) : encodeBytes(own as number, part as Uint8Array[])
  })
}

/** Messages of one kind each, and of a bounded size unless one message is larger. */
function partsOf(messages: readonly Data[]): Data[][] {
  const parts: Data[][] = []
  let size = 0
  for (const message of messages) {
    const part = parts.at(-1)
    if (part && size < fullFrame && typeof part[0] === typeof message) part.push(message)
    else {
      parts.push([message])
      size = 0
    }
    size += message.length
  }
  return parts
}

const isTexts = (part: Data[]): part is string[] => !(part[0] instanceof Uint8Array)

/** Whether the header fits a binary frame. */
const isWord = (header: Header): boolean => typeof header === "number" && header < 2 ** 32

function encodeTexts(header: Header, texts: readonly string[], format: TextFormat): string {
  let frame = `[${typeof header === "number" ? header : JSON.stringify(header)}`
  for (const text of texts) frame += `,${format === "json" ? text : JSON.stringify(text)}`
  return `${frame}]`
}

/** The header, then each message after its length. */
export function encodeBytes(header: number, messages: readonly Uint8Array[]): Uint8Array {
  const frame = new Uint8Array(messages.reduce((size, { length }) => size + word + length, word))
  const view = new DataView(frame.buffer)
  view.setUint32(0, header)
  let position = word
  for (const bytes of messages) {
    view.setUint32(position, bytes.length)
    frame.set(bytes, position + word)
    position += word + bytes.length
  }
  return frame
}

/** Decodes a frame. `undefined` for anything but a `sluice.1` frame with at most so many messages. */
export function decodeFrame(data: Data, format: TextFormat, most = Infinity): Frame | undefined {
  return typeof data === "string" ? decodeTexts(data, format, most) : decodeBytes(data, most)
}

function decodeTexts(data: string, format: TextFormat, most: number): Frame | undefined {
  const messages = parseArray(data)
  const header = messages.shift()
  const isWell = messages.length <= most && (format === "json" || messages.every((text) => typeof text === "string"))
  return isWell && isHeader(header) ? { header, messages } : undefined
}

function parseArray(data: string): unknown[] {
  try {
    const value: unknown = JSON.parse(data)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

function decodeBytes(data: Uint8Array, most: number): Frame | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const messages: Uint8Array[] = []
  let position = word
  while (position + word <= data.length) {
    if (messages.length === most) return undefined
    const start = position + word
    position = start + view.getUint32(position)
    // A copy, because the messages of plain frames have buffers of their own.
    messages.push(data.slice(start, position))
  }
  return position === data.length ? { header: view.getUint32(0), messages } : undefined
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function isHeader(value: unknown): value is Header {
  if (!Array.isArray(value)) return isCount(value)
  const [kind, first, second, resumed, next] = value
  if (kind === "at") return isCount(first) && isCount(second)
  // The session becomes part of a subprotocol, which allows few characters.
  const isSession = typeof first === "string" && /^[\w-]{1,64}$/.test(first)
  return kind === "hi" && isSession && isCount(second) && typeof resumed === "boolean" && isCount(next)
}

/** The reason of the close for a frame that is no `sluice.1` frame: the format that the client has to send. */
export function expectedFrame(data: Data, format: TextFormat): string {
  if (typeof data !== "string")
    return `A binary frame of sluice.1 is a count, then each message after its length, in 4 bytes each; at most ${defaultInFlight}`
  const example = format === "text" ? '"message"' : "message"
  return `A text frame of sluice.1 is a count and at most ${defaultInFlight} messages: send [0, ${example}]`
}
