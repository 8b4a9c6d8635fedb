import { binary, json, text } from "sluice"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { ChatEvent, Name, Say } from "./chat.ts"
import { invalidPeriod, period } from "./period.ts"

const Every = v.optional(
  v.pipe(
    v.string(),
    v.check((every) => period(every) !== undefined, invalidPeriod),
    v.transform(Number),
  ),
)
const every = v.object({ every: Every })
const texts = { receives: text, sends: text }

/** The protocol of every address of the demo. */
export const protocols = {
  echo: protocol("/echo", { summary: "Each message back", ...texts }),
  hello: protocol("/hello", { summary: "Each message back, with a greeting", ...texts }),
  binary: protocol("/binary", { summary: "Each binary message back", receives: binary, sends: binary }),
  json: protocol("/json", { summary: "Each JSON value back", receives: json(), sends: json() }),
  model: protocol("/model", {
    summary: "Models both ways",
    receives: v.object({ foo: v.string() }),
    sends: v.object({ bar: v.string() }),
    examples: { receives: [{ foo: "a text" }], sends: [{ bar: "a text" }] },
  }),
  greeting: protocol("/greeting", { summary: "Greets and stays open", ...texts }),
  goodbye: protocol("/goodbye", { summary: "Greets and closes with 1000", ...texts }),
  ticks: protocol("/ticks", { summary: "Ticks at once and then every second", query: every, ...texts }),
  stopwatch: protocol("/stopwatch/:id", {
    summary: "A stopwatch that all clients of its id share",
    params: { id: "1 to 64 characters" },
    ...texts,
  }),
  stopwatchOnRequest: protocol("/stopwatch-on-request/:id", {
    summary: "The same stopwatch, once a minute and on request",
    params: { id: "1 to 64 characters" },
    query: every,
    ...texts,
  }),
  tokens: protocol("/tokens", { summary: "A made-up model's answer to each prompt, token by token", ...texts }),
  actorEcho: protocol("/actor/echo", { summary: "An actor for each connection", ...texts }),
  actorStopwatch: protocol("/actor/stopwatch", { summary: "A stopwatch actor for each connection", ...texts }),
  actorStop: protocol("/actor/stop", { summary: "Echoes until it receives stop", ...texts }),
  room: protocol("/rooms/:room", {
    summary: "A room in which people chat",
    params: { room: "1 to 64 characters" },
    query: v.object({ name: Name }),
    receives: Say,
    sends: ChatEvent,
    examples: { receives: [{ type: "say", text: "Hello!" }], sends: [{ type: "joined", name: "Ada" }] },
  }),
  private: protocol("/private", { summary: "Needs the cookie user", ...texts }),
  items: protocol("/items/:id", { summary: "The items 1, 2 and 3", params: { id: "1, 2 or 3" }, ...texts }),
  close: protocol("/close", { summary: "Closes as the message says", ...texts }),
  control: protocol("/control/:id", {
    summary: "The close codes of the other clients of its id",
    params: { id: "1 to 64 characters" },
    receives: text,
    sends: v.object({ left: v.object({ code: v.number(), reason: v.string() }) }),
  }),
  subprotocol: protocol("/subprotocol", { summary: "Speaks chat.v2 and chat.v1", ...texts }),
  handshake: protocol("/handshake", { summary: "Sets a header and a cookie on the 101", ...texts }),
  limits: protocol("/limits", { summary: "Echoes within limits", ...texts }),
}
