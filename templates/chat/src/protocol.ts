import { protocol } from "sluice/protocol"
import * as v from "valibot"

const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(32))
const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(2000))

/** The protocol of the page and the Worker. */
export const chat = protocol("/rooms/:room", {
  summary: "A room in which people chat",
  query: v.object({ name: Name }),
  receives: v.object({ text: Text }),
  sends: v.object({
    name: Name,
    text: Text,
    at: v.pipe(
      v.number(),
      v.transform((time) => new Date(time)),
    ),
  }),
  closes: { 4001: "Kicked" },
})
