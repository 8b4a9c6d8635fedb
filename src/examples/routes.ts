import { route } from "sluice/routing"

/** Every WebSocket address of the demo. */
export const routes = {
  echo: route("/echo"),
  hello: route("/hello"),
  binary: route("/binary"),
  json: route("/json"),
  model: route("/model"),
  greeting: route("/greeting"),
  goodbye: route("/goodbye"),
  ticks: route("/ticks").withQuery<{ every?: number }>(),
  stopwatch: route("/stopwatch/:id"),
  stopwatchOnRequest: route("/stopwatch-on-request/:id").withQuery<{ every?: number }>(),
  actorEcho: route("/actor/echo"),
  actorStopwatch: route("/actor/stopwatch"),
  actorStop: route("/actor/stop"),
  room: route("/rooms/:room").withQuery<{ name: string }>(),
  control: route("/control/:id"),
  private: route("/private"),
  items: route("/items/:id"),
  close: route("/close"),
  subprotocol: route("/subprotocol"),
  handshake: route("/handshake"),
  limits: route("/limits"),
}
