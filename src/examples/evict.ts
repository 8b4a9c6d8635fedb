import { Hono } from "hono"
import { csrf } from "hono/csrf"
import { isName } from "./name.ts"

/** The objects that can be evicted. */
type Evictable = DurableObjectNamespace<Rpc.DurableObjectBranded & { evict(): void }>

/** Evicts an object by force, as a deploy does, so that the page can show which connections survive it. */
export const evict = new Hono<{ Bindings: { CHAT_ROOM: Evictable; STOPWATCH: Evictable; TOKENS: Evictable } }>()
evict.post("/rooms/:id/evict", csrf(), (c) => evicted(c.env.CHAT_ROOM, c.req.param("id")))
evict.post("/tokens/evict", csrf(), (c) => evicted(c.env.TOKENS, "all"))
evict.post("/stopwatch/:id/evict", csrf(), (c) => evicted(c.env.STOPWATCH, c.req.param("id")))

async function evicted(objects: Evictable, name: string): Promise<Response> {
  if (!isName(name)) return new Response(null, { status: 404 })
  // The call fails, because its object is gone before it can answer.
  await objects
    .getByName(name)
    .evict()
    .catch(() => {})
  return new Response(null, { status: 204 })
}
