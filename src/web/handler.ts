import type { html } from "hono/html"
import type { DescribedProtocol } from "sluice/asyncapi"

/** A piece of the page. */
export type Html = ReturnType<typeof html>

/** A handler of the demo as the page offers it. */
export interface Handler {
  name: string
  /** A description, with something to try. */
  hint: string
  /** The message that stands in the input field at first. */
  example?: string
  /** Messages that have a button each. */
  commands?: readonly string[]
  /** Fields of the connection: parts of the address, subprotocols. */
  fields?: readonly Html[]
  /** Whether a link to the page leads others to the same object. */
  isShared?: boolean
  /**
   * The format of its texts, if its connections outlive their sockets. Then the page has a button that cuts a socket, and a button
   * that evicts the object.
   */
  resumes?: "text" | "json"
  /** A form above the others. */
  form?: Html
  /** Takes the place of the fields, the log and the message. */
  body?: Html
  /**
   * The files to show, the most telling first, each with a caption after a space where it needs one; left out for one
   * in `src/examples/` that is named like the handler.
   */
  files?: readonly string[]
  /** Whether its messages are binary. */
  binary?: boolean
  /** The protocol of its address. */
  protocol: DescribedProtocol
  /** Its WebSocket address on a host, with example values for its params. */
  url(base: string): string
}

/** Handlers that show the same side of the library. */
export interface HandlerGroup {
  name: string
  handlers: readonly Handler[]
}
