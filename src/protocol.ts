export type { Closes, FinalCode, InputOf, OutputOf } from "./protocol/elements.ts"
export { type Protocol, type ProtocolOptions, protocol } from "./protocol/protocol.ts"
export type { FrameCodec, Speech } from "./socket/speech.ts"
