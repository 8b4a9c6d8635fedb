import { rmSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { workplace } from "../bench/harness/bundle.ts"
import { Workerd } from "../bench/harness/workerd.ts"
import { statusOf, upgradeHead } from "../support/attacker.ts"

/** Under plain workerd, because the proxy of `wrangler dev` answers a broken Host itself. */
describe("a Host that makes no address (fault 50)", () => {
  let server: Workerd
  beforeAll(async () => {
    server = await Workerd.start("../support/guarded-echo.ts", { isPinned: false })
  })
  afterAll(async () => {
    await server.stop()
    rmSync(workplace, { recursive: true, force: true })
  })

  const statusWith = (path: string, changes: Record<string, string | null>) => {
    const url = `http://127.0.0.1:${server.port}${path}`
    return statusOf(url, upgradeHead(url, changes))
  }

  describe.each(["[", "a b", "%", "<>", "localhost:99999"])("%s", (Host) => {
    it.each(["/guarded", "/open"])("gets 400 from %s, with an Origin and without", async (path) => {
      expect(await statusWith(path, { Host })).toBe(400)
      expect(await statusWith(path, { Host, Origin: "http://localhost" })).toBe(400)
    })

    it.each(["/guarded", "/open"])("gets 426 from %s without an upgrade", async (path) => {
      expect(await statusWith(path, { Host, Upgrade: null, Connection: null, Origin: "http://localhost" })).toBe(426)
    })
  })

  it("is refused with 403 if it makes an address that is not the Origin's", async () => {
    expect(await statusWith("/guarded", { Host: "localhost@evil.example", Origin: "http://localhost" })).toBe(403)
  })

  it.each(["localhost", "localhost:8787", "[::1]:8787", "xn--bcher-kva.example"])("is not %s", async (Host) => {
    expect(await statusWith("/guarded", { Host, Origin: `http://${Host}` })).toBe(101)
  })
})
