import { Hono } from "hono"
import { CloseCode, CloseError, Flow, isSendable, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** A message `<code> <reason>` makes the server close so; anything else closes with 1003. */
export const close = new Hono()
protocols.close.on(
  close,
  webSocket.accept(protocols.close, () =>
    Flow.of<string>().map((message): string => {
      const [, code, reason] = /^(\d{4})(?: (.*))?$/s.exec(message) ?? []
      if (isSendable(Number(code))) throw new CloseError(Number(code), reason)
      throw new CloseError(CloseCode.unsupportedData, "Send a close code that may be sent, a space and a reason")
    }),
  ),
)
