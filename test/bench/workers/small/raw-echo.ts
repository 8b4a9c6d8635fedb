import { shout } from "../messages.ts"

export default {
  fetch(request: Request): Response {
    if (new URL(request.url).pathname !== "/echo") return new Response("ready")
    const { 0: client, 1: server } = new WebSocketPair()
    server.accept()
    server.addEventListener("message", ({ data }) => {
      if (typeof data === "string") server.send(shout(data))
      else server.close(1003, "Text only")
    })
    return new Response(null, { status: 101, webSocket: client })
  },
}
