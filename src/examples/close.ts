import { Hono } from "hono"
import { CloseCode, CloseError, Flow, isSendable, text, webSocket } from "sluice"

/** Closes with the code and the reason of a message `<code> <reason>`. Any other message closes with 1003. */
export const close = new Hono().get(
  "/close",
  webSocket.accept(text, () =>
    Flow.of<string>().map((message): string => {
      const [, code, reason] = /^(\d{4})(?: (.*))?$/s.exec(message) ?? []
      if (isSendable(Number(code))) throw new CloseError(Number(code), reason)
      throw new CloseError(CloseCode.unsupportedData, "Send a close code that may be sent, a space and a reason")
    }),
  ),
)
