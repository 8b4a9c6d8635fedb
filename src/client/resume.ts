import { ClientSession } from "../session/client-session.ts"
import { type Framed, frameBySession, type SessionFraming } from "./framing.ts"

/** Makes the session of a client that resumes its connections: `resume`. */
export type Resumption = (client: Framed) => SessionFraming

/**
 * For the option `resume` of `connect`: a connection goes on with the next socket, and nothing is lost, where the endpoint has the option
 * `resume` too. It is a value of its own so that pages without it do not load it.
 *
 * @example
 * ```ts
 * const chat = protocol("/rooms/:room", { receives: text, sends: text })
 * const client = connect(chat, { room: "lobby" }, { base: "https://example.com", resume })
 * client.on("resync", ({ unconfirmed }) => console.log("May be lost:", unconfirmed))
 * await client.send("hello") // resolves when the server has it for good
 * ```
 */
export const resume: Resumption = (client) => frameBySession(client, (format) => new ClientSession(format))
