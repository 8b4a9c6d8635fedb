import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { launch } from "../support/browser.ts"
import { pack, run } from "../support/packed.ts"
import { StartedWorker } from "../support/started-worker.ts"

const directory = mkdtempSync(join(tmpdir(), "sluice-template-"))
const project = join(directory, "chat")

beforeAll(async () => {
  const { tarball } = await pack()
  cpSync("templates/chat", project, { recursive: true })
  // The package is not published yet: the one that is packed here takes its place.
  await run(project, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", tarball)
}, 300_000)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe("the template", () => {
  it("compiles", async () => expect(await run(project, "npm", "run", "check")).not.toContain("error"), 180_000)

  it("passes its tests", async () => {
    expect(await run(project, "npm", "test", "--", "--testTimeout=120000")).toContain("passed")
  }, 180_000)

  it("lets two pages exchange messages, through a restart of the server", async () => {
    await run(project, "npm", "run", "build")
    const config = ["--config", join(project, "wrangler.toml")]
    let worker = new StartedWorker(join(directory, "first.log"), ...config)
    const browser = await launch()
    try {
      const url = await worker.url()
      const [ann, bob] = [await browser.newPage(), await browser.newPage()]
      await ann.goto(`${url}/?room=lobby&name=Ann`)
      await bob.goto(`${url}/?room=lobby&name=Bob`)
      for (const page of [ann, bob]) await page.getByText("open", { exact: true }).waitFor()
      await ann.getByLabel("Message").fill("before")
      await ann.getByRole("button").click()
      await bob.getByText("Ann before").waitFor()
      await worker.stop()
      await bob.getByText("connecting", { exact: true }).waitFor()
      // The message waits to be sent.
      await bob.getByLabel("Message").fill("meanwhile")
      await bob.getByRole("button").click()
      worker = new StartedWorker(join(directory, "second.log"), ...config, "--port", new URL(url).port)
      await worker.url()
      await bob.getByText("Bob meanwhile").waitFor()
      await ann.getByText("open", { exact: true }).waitFor()
      await bob.getByLabel("Message").fill("after")
      await bob.getByRole("button").click()
      await ann.getByText("Bob after").waitFor()
    } finally {
      await browser.close()
      await worker.stop()
    }
  }, 180_000)
})
