import type { DescribedProtocol } from "sluice/asyncapi"
import { protocols } from "../examples/protocols.ts"
import { chat } from "./chat.ts"
import { cookieForm, every, segment, subprotocols } from "./fields.ts"
import type { Handler, HandlerGroup } from "./handler.ts"

/** The protocol of an address without params, and its address. */
const withUrl = (protocol: DescribedProtocol & Pick<Handler, "url">): Pick<Handler, "protocol" | "url"> => ({
  protocol,
  url: (base) => protocol.url(base),
})

/** Every handler of the demo, in the order of the page. */
export const groups: readonly HandlerGroup[] = [
  {
    name: "First steps",
    handlers: [
      {
        name: "echo",
        hint: "Sends each message back.",
        example: "Hello!",
        ...withUrl(protocols.echo),
      },
      {
        name: "hello",
        hint: "Send a name, and a greeting comes back.",
        example: "World",
        ...withUrl(protocols.hello),
      },
      {
        name: "greeting",
        hint: "Greets and stays open. The server only logs what you send.",
        example: "Hello, too",
        ...withUrl(protocols.greeting),
      },
      {
        name: "goodbye",
        hint: "Greets and closes with 1000 at once. Connecting is all there is to do.",
        example: "Too late",
        ...withUrl(protocols.goodbye),
      },
    ],
  },
  {
    name: "Messages",
    handlers: [
      {
        name: "binary",
        hint: "The text goes out as UTF-8 bytes and comes back as bytes, here in hex and as text.",
        example: "Grüße 👋",
        binary: true,
        ...withUrl(protocols.binary),
      },
      {
        name: "json",
        hint: "Sends each JSON value back. Text that is not JSON closes with 1003.",
        example: '{"list": [1, true, null]}',
        commands: ['{"list": [1, true, null]}', "not JSON"],
        ...withUrl(protocols.json),
      },
      {
        name: "model",
        hint: "Turns foo into bar. The schema refuses a foo that is not a text: the reason of the close lists the issues.",
        example: '{"foo": "a text"}',
        commands: ['{"foo": "a text"}', '{"foo": 1}'],
        ...withUrl(protocols.model),
      },
    ],
  },
  {
    name: "Time and state",
    handlers: [
      {
        name: "ticks",
        hint: "Ticks at once and then every second, or as often as you say. The server only logs what you send.",
        example: "Tock",
        fields: [every()],
        ...withUrl(protocols.ticks),
      },
      {
        name: "stopwatch",
        hint:
          "One stopwatch for all clients of the same id, in a Durable Object. Open a second tab, connect both and start " +
          "it: they count together. Cut the connection: the seconds that you miss come when it is back.",
        example: "start",
        commands: ["start", "stop", "reset"],
        fields: [segment("id")],
        isShared: true,
        resumes: "text",
        files: ["durable-objects/stopwatch.ts", "durable-objects/stopwatch-state.ts", "src/examples/stopwatch.ts"],
        protocol: protocols.stopwatch,
        url: (base) => protocols.stopwatch.url(base, { id: 1 }),
      },
      {
        name: "stopwatch-on-request",
        hint:
          "Shares the stopwatch of the same id. It answers time at once, and otherwise sends the time once a minute " +
          "while it runs, or as often as you say.",
        example: "time",
        commands: ["start", "stop", "reset", "time"],
        fields: [segment("id"), every()],
        isShared: true,
        files: [
          "durable-objects/stopwatch.ts",
          "durable-objects/stopwatch-state.ts",
          "src/examples/stopwatch-on-request.ts",
        ],
        protocol: protocols.stopwatchOnRequest,
        url: (base) => protocols.stopwatchOnRequest.url(base, { id: 1 }),
      },
      {
        name: "tokens",
        hint:
          "A made-up model answers token by token. Send a prompt during an answer, and the answer stops. Reload the page " +
          "during an answer, and it goes on.",
        example: "What is a flow?",
        commands: ["What is a flow?", "And a token?"],
        resumes: "text",
        files: ["durable-objects/tokens.ts", "durable-objects/made-up-model.ts", "src/examples/tokens.ts"],
        ...withUrl(protocols.tokens),
      },
    ],
  },
  {
    name: "Actors",
    handlers: [
      {
        name: "actor-echo",
        hint: "An actor for each connection. It sends back what it has received.",
        example: "Hello!",
        ...withUrl(protocols.actorEcho),
      },
      {
        name: "actor-stopwatch",
        hint: "A stopwatch of your own: an actor with a timer, in a Durable Object that hibernates between the seconds.",
        example: "start",
        commands: ["start", "stop", "reset"],
        files: [
          "durable-objects/actor-stopwatch.ts",
          "durable-objects/stopwatch-state.ts",
          "src/examples/actor-stopwatch.ts",
        ],
        ...withUrl(protocols.actorStopwatch),
      },
      {
        name: "actor-stop",
        hint: "Sends each message back. On stop the actor sends itself a PoisonPill, and its end closes with 1000.",
        example: "Go on",
        commands: ["stop"],
        ...withUrl(protocols.actorStop),
      },
      {
        name: "chat-room",
        hint:
          "Join with both members and see the chat from both sides. A second tab takes part in the same room. A new " +
          "member first gets the last 50 messages. A member whose socket is lost, or whose room is evicted, misses none.",
        body: chat(),
        isShared: true,
        resumes: "json",
        files: [
          "durable-objects/chat-room.ts",
          "src/examples/hub-room.ts the same room with hubs",
          "src/examples/chat.ts",
          "src/examples/room.ts",
        ],
        protocol: protocols.room,
        url: (base) => protocols.room.url(base, { room: "lobby", name: "Ada" }),
      },
    ],
  },
  {
    name: "Handshake",
    handlers: [
      {
        name: "private",
        hint: "Needs the cookie user. Without it the handshake gets a 403.",
        example: "Let me in",
        form: cookieForm("user", "alice"),
        ...withUrl(protocols.private),
      },
      {
        name: "items",
        hint: "There are the items 1, 2 and 3. The handshake for any other gets a 404.",
        example: "How much is it?",
        fields: [segment("id", "1")],
        protocol: protocols.items,
        url: (base) => protocols.items.url(base, { id: 1 }),
      },
      {
        name: "subprotocol",
        hint: "Picks chat.v2 before chat.v1. If you offer neither, the handshake gets a 400.",
        example: "Which one is it?",
        fields: [subprotocols(["chat.v2", true], ["chat.v1", true], ["chat.v0", false])],
        ...withUrl(protocols.subprotocol),
      },
      {
        name: "handshake",
        hint: "Sends each message back. The 101 has a header X-WebSocket-Trace and sets a cookie: see your browser's network panel.",
        example: "Hello!",
        ...withUrl(protocols.handshake),
      },
    ],
  },
  {
    name: "Closing and limits",
    handlers: [
      {
        name: "close",
        hint: "Send a close code, a space and a reason, and the server closes so. Anything else closes with 1003.",
        example: "4001 Because you asked",
        commands: ["1000 Done", "1008 Not allowed", "1011 Failed", "1013 Come back later", "4001 Because you asked"],
        ...withUrl(protocols.close),
      },
      {
        name: "control",
        hint:
          "Sends the close code of each other client that leaves. Open a second tab, connect both, then disconnect one " +
          "with a code and a reason, or close its tab. The server ignores what you send.",
        example: "Ignored",
        fields: [segment("id")],
        isShared: true,
        files: ["durable-objects/control.ts", "src/examples/control.ts"],
        protocol: protocols.control,
        url: (base) => protocols.control.url(base, { id: 1 }),
      },
      {
        name: "limits",
        hint:
          "Sends back up to 1 KiB a message and 20 messages a second. A larger message closes with 1009, a 21st message " +
          "with 1008. The runtime answers ping while the object hibernates.",
        example: "Hello!",
        commands: ["ping"],
        files: ["durable-objects/limited.ts", "src/examples/limits.ts"],
        ...withUrl(protocols.limits),
      },
    ],
  },
]
