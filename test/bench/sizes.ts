import { gzipSync } from "node:zlib"
import { build } from "esbuild"

const echoes: Record<string, string> = {
  raw: `export default { fetch() {
    const { 0: client, 1: server } = new WebSocketPair()
    server.accept()
    server.addEventListener("message", ({ data }) => server.send(data))
    return new Response(null, { status: 101, webSocket: client })
  } }`,
  sluice: `import { Flow, text, webSocket } from "sluice"
    export const echo = webSocket.accept(text, () => Flow.of())`,
  RxJS: `import { map, Subject } from "rxjs"
    export const echo = (send) => { const s = new Subject(); s.pipe(map((m) => m)).subscribe(send); return s }`,
  crossws: `import crossws from "crossws/adapters/cloudflare"
    export default crossws({ hooks: { message(peer, message) { peer.send(message.text()) } } })`,
  PartyServer: `import { Server } from "partyserver"
    export class Echo extends Server { onMessage(connection, message) { connection.send(message) } }`,
  Effect: `import { Effect, Queue, Stream } from "effect"
    export const echo = (queue, send) => Effect.runFork(Stream.runForEach(Stream.fromQueue(queue), send))`,
}

/** Kilobytes of an echo, minified and gzipped; without Hono where a Worker has it anyway. */
export async function sizes(): Promise<string> {
  const lines: string[] = []
  for (const [name, contents] of Object.entries(echoes)) {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: import.meta.dirname, loader: "ts" },
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2024",
      conditions: ["workerd", "worker", "browser"],
      external: ["hono", "hono/*", "cloudflare:*", "node:*"],
      write: false,
    })
    const size = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length
    lines.push(`| ${name} | ${(size / 1000).toFixed(1)} |`)
  }
  return ["### Size of an echo, without Hono", "", "| | kB, minified and gzipped |", "|---|---|", ...lines, ""].join(
    "\n",
  )
}
