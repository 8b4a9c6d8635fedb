import sparticuz from "@sparticuz/chromium"
import { type Browser, chromium } from "playwright-core"

/** A headless Chromium: the bundled one where it runs, else an installed Chrome. Scroll bars take their room. */
export async function launch(): Promise<Browser> {
  const ignoreDefaultArgs = ["--hide-scrollbars"]
  if (process.platform !== "linux" || process.arch !== "x64") {
    return chromium.launch({ channel: "chrome", ignoreDefaultArgs })
  }
  // The package's own arguments are left out: they switch off the same-origin policy, which the tests are about.
  const executablePath = await sparticuz.executablePath()
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--no-zygote", "--disable-gpu"], ignoreDefaultArgs })
}
