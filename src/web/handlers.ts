import type { Context } from "hono"
import { routes } from "../examples/routes.ts"

/** A handler of the demo as the page offers it. */
export interface Handler {
  name: string
  /** What to try. */
  hint: string
  /** The message that stands in the input field at first; left out for the chat, which has fields of its own. */
  example?: string
  /**
   * The files to show, the most telling first, each with a caption after a space where it needs one; left out for one
   * in `src/examples/` that is named like the handler.
   */
  files?: string[]
  /** Whether it speaks binary messages. */
  binary?: boolean
  /** Its WebSocket address; for a route with params the address of an example. */
  url(c: Context): string
}

export const handlers: Handler[] = [
  {
    name: "echo",
    hint: "Sends each message back.",
    example: "Hello!",
    url: (c) => routes.echo.url(c),
  },
  {
    name: "hello",
    hint: "Send a name and be greeted.",
    example: "World",
    url: (c) => routes.hello.url(c),
  },
  {
    name: "binary",
    hint: "The text goes out as UTF-8 bytes and comes back as bytes, here in hex and as text.",
    example: "Grüße 👋",
    binary: true,
    url: (c) => routes.binary.url(c),
  },
  {
    name: "json",
    hint: "Sends each JSON value back; anything that is not JSON closes with 1003.",
    example: '{"list": [1, true, null]}',
    url: (c) => routes.json.url(c),
  },
  {
    name: "model",
    hint: 'Turns foo into bar. Try {"foo": 1}: the schema refuses it, and the close says why.',
    example: '{"foo": "a text"}',
    url: (c) => routes.model.url(c),
  },
  {
    name: "greeting",
    hint: "Greets and stays open; what you send is only logged on the server.",
    example: "Is anybody there?",
    url: (c) => routes.greeting.url(c),
  },
  {
    name: "goodbye",
    hint: "Greets and closes with 1000 at once: connect is all there is to do.",
    example: "Too late",
    url: (c) => routes.goodbye.url(c),
  },
  {
    name: "ticks",
    hint: "Ticks at once and then every second, or as often as you say; what you send is only logged.",
    example: "Tock",
    url: (c) => routes.ticks.url(c),
  },
  {
    name: "stopwatch",
    hint:
      "One stopwatch for all who connect to the same id. Open this page in a second tab, connect both and send " +
      "start: they count together. Then try stop and reset.",
    example: "start",
    files: ["durable-objects/stopwatch.ts", "durable-objects/watch.ts", "src/examples/stopwatch.ts"],
    url: (c) => routes.stopwatch.url(c, { id: 1 }),
  },
  {
    name: "stopwatch-on-request",
    hint:
      "Shares the stopwatch of the same id. Send time and be told at once; otherwise you hear it once a minute while " +
      "it runs, or as often as you say. It takes start, stop and reset, too.",
    example: "time",
    files: ["durable-objects/stopwatch.ts", "durable-objects/watch.ts", "src/examples/stopwatch-on-request.ts"],
    url: (c) => routes.stopwatchOnRequest.url(c, { id: 1 }),
  },
  {
    name: "actor-echo",
    hint: "An actor for each connection, which sends back what it has received.",
    example: "Hello!",
    url: (c) => routes.actorEcho.url(c),
  },
  {
    name: "actor-stopwatch",
    hint:
      "A stopwatch of your own: an actor with a timer, in a Durable Object that sleeps between the seconds. Send start, " +
      "stop and reset.",
    example: "start",
    files: ["durable-objects/actor-stopwatch.ts", "durable-objects/watch.ts", "src/examples/actor-stopwatch.ts"],
    url: (c) => routes.actorStopwatch.url(c),
  },
  {
    name: "actor-stop",
    hint: "Sends each message back. Send stop: the actor sends itself a PoisonPill, and its end closes with 1000.",
    example: "stop",
    url: (c) => routes.actorStop.url(c),
  },
  {
    name: "chat-room",
    hint:
      "Join with both members and see the chat from both sides. A second tab takes part in the same room, too. A new " +
      "member first gets the last 50 messages.",
    files: [
      "durable-objects/chat-room.ts",
      "src/examples/hub-room.ts the same room with hubs",
      "src/examples/chat.ts",
      "src/examples/chat-history.ts",
      "src/examples/room.ts",
    ],
    url: (c) => routes.room.url(c, { room: "lobby", name: "Ada" }),
  },
  {
    name: "control",
    hint:
      "Tells you how the others leave. Open this page in a second tab, connect both to the same id, and disconnect " +
      "one with a code and a reason, or just close its tab. What you send is ignored.",
    example: "Nobody reads this",
    files: ["durable-objects/control.ts", "src/examples/control.ts"],
    url: (c) => routes.control.url(c, { id: 1 }),
  },
  {
    name: "private",
    hint: "Needs the cookie user. Connect without it and the handshake gets a 403; set it and you are in.",
    example: "Let me in",
    url: (c) => routes.private.url(c),
  },
  {
    name: "items",
    hint: "There are the items 1, 2 and 3; the handshake for any other gets a 404.",
    example: "How much is it?",
    url: (c) => routes.items.url(c, { id: 1 }),
  },
  {
    name: "close",
    hint: "Send a close code, a space and a reason, and the server closes so; anything else closes with 1003.",
    example: "4001 Because you asked",
    url: (c) => routes.close.url(c),
  },
  {
    name: "subprotocol",
    hint: "Picks chat.v2 before chat.v1. Offer neither of them and the handshake gets a 400.",
    example: "Which one is it?",
    url: (c) => routes.subprotocol.url(c),
  },
  {
    name: "handshake",
    hint: "Echoes. The 101 has a header X-WebSocket-Trace and sets a cookie: see the network panel of your browser.",
    example: "Hello!",
    url: (c) => routes.handshake.url(c),
  },
  {
    name: "limits",
    hint:
      "Echoes up to 1 KiB a message and 20 messages a second; one more closes with 1008. The runtime answers ping by itself, " +
      "while the object sleeps on.",
    example: "ping",
    files: ["durable-objects/limited.ts", "src/examples/limits.ts"],
    url: (c) => routes.limits.url(c),
  },
]
