import type { html } from "hono/html"
import type { DescribedProtocol } from "sluice/asyncapi"

/** A piece of the page. */
export type Html = ReturnType<typeof html>

/** A handler of the demo as the page offers it. */
export interface Handler {
  name: string
  /** What it does, and what to try. */
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
   * What its texts are, where its connections outlive their sockets: the page has a button that cuts one, and a button that evicts the
   * object.
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
  /** Whether it speaks binary messages. */
  binary?: boolean
  /** What its address speaks. */
  protocol: DescribedProtocol
  /** Its WebSocket address on a host; where it has params, that of an example. */
  url(base: string): string
}

/** Handlers that show the same side of the library. */
export interface HandlerGroup {
  name: string
  handlers: readonly Handler[]
}
