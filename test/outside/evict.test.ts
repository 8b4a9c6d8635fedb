import { expect, inject, it } from "vitest"

it("lets no page of another origin evict an object", async () => {
  const headers = { Origin: "https://evil.example", "Content-Type": "text/plain" }
  const { status } = await fetch(`${inject("baseUrl")}/rooms/here/evict`, { method: "POST", headers })
  expect(status).toBe(403)
})
