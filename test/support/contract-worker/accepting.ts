import type { Context } from "hono"
import { setCookie } from "hono/cookie"

/** What the accept functions do before they accept, by the endpoint's name: a response rejects the request. */
export const accepting: Record<string, (c: Context) => undefined | Response | Promise<never>> = {
  rejected(c) {
    c.header("X-Reason", "holiday")
    return c.text("We are closed", 403)
  },
  throws(c) {
    throw secret(c)
  },
  async rejects(c) {
    throw secret(c)
  },
  headers(c) {
    c.header("X-In-Accept", "c.header")
    setCookie(c, "in-accept", "1")
    return undefined
  },
}

const secret = (c: Context) => new Error(`The password of ${c.req.path} is 1234`)
