import type { Context } from "hono"
import { setCookie } from "hono/cookie"

/** The beginnings of the accept functions, by the endpoint's name: a response rejects the request. */
export const accepting: Record<string, (c: Context) => undefined | Response | Promise<Response>> = {
  rejected(c) {
    c.header("X-Reason", "holiday")
    return c.text("We are closed", 403)
  },
  /** A response with immutable headers, as every fetched one. */
  async fetched(c) {
    const fetched: Response = await c.env.CONTRACT.getByName("refuses").fetch("https://example.com/")
    expectImmutable(fetched)
    return fetched
  },
  redirected: () => Response.redirect("https://example.com/login", 302),
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

function expectImmutable({ headers }: Response): void {
  try {
    headers.set("X-Test", "1")
  } catch {
    return
  }
  throw new Error("The headers of a fetched response can be set")
}

const secret = (c: Context) => new Error(`The password of ${c.req.path} is 1234`)
