import { expect, inject, it } from "vitest"

it.each(["rooms/here", "stopwatch/here", "tokens"])(
  "refuses a page of another origin the eviction of an object: %s",
  async (path) => {
    const headers = { Origin: "https://evil.example", "Content-Type": "text/plain" }
    const { status } = await fetch(`${inject("baseUrl")}/${path}/evict`, { method: "POST", headers })
    expect(status).toBe(403)
  },
)
