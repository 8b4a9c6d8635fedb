import { json } from "sluice"
import * as v from "valibot"
import { isPlain } from "./name.ts"

const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(32), v.check(isPlain, "No control characters"))
/** SQLite does not keep half a surrogate pair as it is. */
const isWhole = (text: string) => !/\p{Cs}/u.test(text)
const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(2000), v.check(isWhole, "No halves of characters"))

const Say = v.object({ type: v.literal("say"), text: Text })
const Said = v.object({ type: v.literal("said"), name: Name, text: Text, seq: v.number(), at: v.number() })
const Joined = v.object({ type: v.literal("joined"), name: Name })
const Left = v.object({ type: v.literal("left"), name: Name })
const ChatEvent = v.variant("type", [Said, Joined, Left])

export type Say = v.InferOutput<typeof Say>
export type Said = v.InferOutput<typeof Said>
export type ChatEvent = v.InferOutput<typeof ChatEvent>

/** The messages of a member, `{"type":"say","text"}`, and the events that it gets. */
export const chat = json(Say, ChatEvent)

/** Whether a name is one of a member: 1 to 32 characters, no control characters among them. */
export function isMember(name: string | undefined): name is string {
  return v.is(Name, name)
}

export const invalidMember = "?name= must be a name of 1 to 32 characters, and no control characters among them"
