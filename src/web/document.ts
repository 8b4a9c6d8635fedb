import type { Context } from "hono"
import { html } from "hono/html"
import { asyncApiDocument } from "sluice/asyncapi"
import { protocols } from "../examples/protocols.ts"
import { securityHeaders } from "./headers.ts"
import { protocolView } from "./protocol-view.ts"

/** The title and the version of the AsyncAPI document of the demo. */
export const info = {
  title: "Sluice",
  version: "0.1.0",
  description: "Every WebSocket address of the demo of Sluice",
  license: { name: "MIT" },
}

/** The AsyncAPI document as a page: each address, its messages and its close codes. */
export function documentPage(c: Context): Response | Promise<Response> {
  const { channels } = asyncApiDocument(info, Object.values(protocols), c.req.url)
  return c.html(
    html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Sluice: what each address speaks</title>
    <link rel="icon" type="image/svg+xml" href="/icon.svg">
    <link rel="stylesheet" href="/page.css">
  </head>
  <body>
    <header>
      <h1><img src="/icon.svg" alt="" width="32" height="32">Sluice</h1>
      <p>What each address of the demo speaks, from <a href="/asyncapi.json">its AsyncAPI document</a>.
        <a href="/">Try them.</a></p>
    </header>
    <main class="document">
      ${Object.entries(channels).map(
        ([id, channel]) => html`<section class="card stack" aria-labelledby="${id}">
        <h2 id="${id}">${channel.address}</h2>
        <p class="hint">${channel.summary}</p>
        ${protocolView(channel)}
      </section>
      `,
      )}
    </main>
  </body>
</html>`,
    200,
    securityHeaders([]),
  )
}
