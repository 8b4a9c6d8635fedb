import { json } from "sluice"
import * as v from "valibot"
import { isPlain } from "./name.ts"

export const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(32), v.check(isPlain, "No control characters"))
/** Half a surrogate pair would not reach the members unchanged. */
const isWhole = (text: string) => !/\p{Cs}/u.test(text)
const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(2000), v.check(isWhole, "No halves of characters"))

export const Say = v.object({ type: v.literal("say"), text: Text })
const Said = v.object({ type: v.literal("said"), name: Name, text: Text, seq: v.number(), at: v.number() })
const Joined = v.object({ type: v.literal("joined"), name: Name })
const Left = v.object({ type: v.literal("left"), name: Name })
export const ChatEvent = v.variant("type", [Said, Joined, Left])

export type Say = v.InferOutput<typeof Say>
export type Said = v.InferOutput<typeof Said>
export type ChatEvent = v.InferOutput<typeof ChatEvent>

/** The messages of a room's members, and the events that they receive. */
export const chat = json(Say, ChatEvent)
