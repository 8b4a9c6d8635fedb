export type { Client, ClientEvents, Closed, Status } from "./client/client.ts"
export type { ClientClock } from "./client/clock.ts"
export { type ConnectArguments, connect } from "./client/connect.ts"
export type { ClientSocket, ConnectOptions, Fresh, WebSocketClass } from "./client/options.ts"
