import sparticuz from "@sparticuz/chromium"
import { type Browser, chromium } from "playwright-core"

/** A headless Chromium: the bundled one where it runs, else an installed Chrome. */
export async function launch(): Promise<Browser> {
  if (process.platform !== "linux" || process.arch !== "x64") return chromium.launch({ channel: "chrome" })
  // The package's own arguments are left out: they switch off the same-origin policy, which the tests are about.
  const executablePath = await sparticuz.executablePath()
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--no-zygote", "--disable-gpu"] })
}
