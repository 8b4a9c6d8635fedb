import type { Context } from "hono"
import { html } from "hono/html"
import { asyncApiDocument, type DescribedProtocol } from "sluice/asyncapi"
import { info } from "./document.ts"
import { sharing } from "./fields.ts"
import type { Handler } from "./handler.ts"
import { groups } from "./handlers.ts"
import { securityHeaders } from "./headers.ts"
import { picker } from "./picker.ts"
import { protocolView } from "./protocol-view.ts"
import { trial } from "./trial.ts"

const handlers = groups.flatMap((group) => group.handlers)

/** The page on which every handler can be tried. */
export function page(c: Context): Response | Promise<Response> {
  const addresses = handlers.map(({ name, url }) => ({ name, url: url(c.req.url) }))
  return c.html(
    html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="description" content="Every WebSocket handler of the demo, live, with its code">
    ${addresses.map(
      ({ name, url }) => html`<meta name="webSocketUrl" data-handler="${name}" content="${url}">
    `,
    )}<title>Sluice: WebSockets as flows</title>
    <link rel="icon" type="image/svg+xml" href="/icon.svg">
    <link rel="stylesheet" href="/page.css">
    <script type="module" src="/page.js" blocking="render"></script>
  </head>
  <body>
    <header>
      <h1><img src="/icon.svg" alt="" width="32" height="32">Sluice</h1>
      <p>A <strong>flow</strong> says what happens to the messages of a WebSocket: the client’s come in, and what the
        flow makes of them goes out. Sluice runs one for each connection, in a Cloudflare Worker or in a Durable Object
        that hibernates between messages.</p>
      <p>Pick a handler, send it a message, read its code. Each keeps its connection while you look at another one.</p>
      <noscript><p>This page needs JavaScript to open WebSockets.</p></noscript>
    </header>
    <main>
      ${picker(groups)}
      ${handlers.map(panel)}
      <section class="card code" aria-labelledby="code-heading">
        <h2 id="code-heading">Code</h2>
        <div id="files"></div>
      </section>
    </main>
    <p id="announcement" class="for-screen-readers" role="status"></p>
  </body>
</html>`,
    200,
    securityHeaders(addresses.map(({ url }) => new URL(url).origin)),
  )
}

const panel = (handler: Handler, index: number) => {
  const { name, hint, files = [`src/examples/${name}.ts`], binary, isShared, resumes, body } = handler
  return html`<section class="card handler stack" data-name="${name}" data-files="${files.join("\n")}"
        data-format="${binary ? "binary" : "text"}" data-resumes="${resumes ?? ""}" aria-labelledby="${name}-heading" ${index > 0 ? "hidden" : ""}>
          <div class="heading">
            <h2 id="${name}-heading">${name}</h2>
            ${body ? "" : html`<p class="status" data-state="closed">Not connected</p>`}
          </div>
          <p class="hint">${hint}</p>
          ${isShared ? sharing() : ""}
          ${body ?? trial(handler)}
          <details><summary>Protocol</summary>
          ${speaks(handler.protocol)}
          <p><a href="/asyncapi">All addresses</a></p>
          </details>
        </section>
      `
}

/** The protocol of a handler's address, as in the AsyncAPI document. */
const speaks = (protocol: DescribedProtocol) =>
  Object.values(asyncApiDocument(info, [protocol]).channels).map(protocolView)
