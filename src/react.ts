export { type SocketHandle, type SocketState, useSocket } from "./react/use-socket.ts"
