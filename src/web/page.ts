import type { Context } from "hono"
import { html } from "hono/html"
import { chat } from "./chat.ts"
import { handlers } from "./handlers.ts"

/** The page on which every handler can be tried. */
export function page(c: Context): Response | Promise<Response> {
  const addresses = handlers.map(({ name, url }) => ({ name, url: url(c) }))
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
    <link rel="stylesheet" href="/chat.css">
    <script type="module" src="/page.js"></script>
  </head>
  <body>
    <header>
      <h1><img src="/icon.svg" alt="" width="32" height="32">Sluice</h1>
      <p>WebSockets as flows on Cloudflare Workers. Pick a handler, connect, talk to it, read its code.</p>
      <noscript><p>This page needs JavaScript to open WebSockets.</p></noscript>
    </header>
    <main>
      ${picker()}
      <section class="stack" aria-labelledby="name">
        <h2 id="name"></h2>
        <p id="hint"></p>
        <div id="trial" class="stack">
          ${cookieForm()} ${connectForm()}
          <div class="heading">
            <h3 id="log-heading">Messages</h3>
            <button type="button" id="clear-log">Clear</button>
          </div>
          <div id="log" class="log" role="log" aria-live="polite" aria-labelledby="log-heading" tabindex="0"></div>
          ${sendForm()} ${disconnectForm()}
        </div>
        ${chat()}
      </section>
      <section class="code" aria-labelledby="code-heading">
        <h2 id="code-heading">Code</h2>
        <div id="files"></div>
      </section>
    </main>
  </body>
</html>`,
    200,
    headers(addresses.map(({ url }) => new URL(url).origin)),
  )
}

/** Everything comes from the page's own host; the WebSocket origins are there for browsers in which 'self' lacks them. */
function headers(webSocketOrigins: string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${[...new Set(webSocketOrigins)].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    "Content-Security-Policy": policy.join("; "),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  }
}

const picker = () => html`<form id="picker" autocomplete="off">
        <fieldset>
          <legend>Handler</legend>
          ${handlers.map(
            ({ name, hint, example = "", files = [`src/examples/${name}.ts`], binary }, index) => html`<label>
            <input type="radio" name="handler" value="${name}" data-hint="${hint}" data-example="${example}"
              data-files="${files.join("\n")}" data-format="${binary ? "binary" : "text"}"
              ${index === 0 ? "checked" : ""}>${name}
          </label>`,
          )}
        </fieldset>
      </form>`

const cookieForm = () => html`<form id="cookie" autocomplete="off">
          <fieldset data-for="private" hidden disabled>
            <legend>Cookie</legend>
            <label>user <input name="user" value="alice" required spellcheck="false" autocapitalize="off"></label>
            <button>Set cookie</button>
            <button type="button" id="clear-cookie">Clear cookie</button>
            <span id="cookie-state" role="status"></span>
          </fieldset>
        </form>`

/**
 * `data-for` names the handlers that a group of fields is for. A field with `data-part` is a part of the address: the
 * last segment of its path, or a parameter of its query.
 */
const connectForm = () => html`<form id="connect" autocomplete="off">
          <fieldset id="connect-fields">
            <fieldset data-for="stopwatch stopwatch-on-request control items" hidden disabled>
              <legend>Path</legend>
              <label>id <input name="id" data-part="segment" value="1" required autocapitalize="off"></label>
            </fieldset>
            <fieldset data-for="ticks stopwatch-on-request" hidden disabled>
              <legend>Query</legend>
              <label>every, in milliseconds
                <input name="every" data-part="query" type="number" min="100" max="60000" placeholder="default"></label>
            </fieldset>
            <fieldset data-for="subprotocol" hidden disabled>
              <legend>Subprotocols to offer</legend>
              <label><input type="checkbox" name="subprotocol" value="chat.v2" checked>chat.v2</label>
              <label><input type="checkbox" name="subprotocol" value="chat.v1" checked>chat.v1</label>
              <label><input type="checkbox" name="subprotocol" value="chat.v0">chat.v0</label>
            </fieldset>
            <button class="primary" id="connect-button">Connect</button>
            <code id="address"></code>
          </fieldset>
          <p id="status" class="status"></p>
        </form>`

const sendForm = () => html`<form id="send" autocomplete="off">
          <fieldset id="send-fields" disabled>
            <label class="wide">Message <input id="message" spellcheck="false" autocapitalize="off" enterkeyhint="send"></label>
            <button class="primary">Send</button>
          </fieldset>
        </form>`

const disconnectForm = () => html`<form id="disconnect" autocomplete="off">
          <fieldset id="disconnect-fields" disabled>
            <label>Close code <input id="close-code" inputmode="numeric" pattern="1000|[34][0-9]{3}" size="6"
              title="1000, or 3000 to 4999" placeholder="none"></label>
            <label class="wide">Reason <input id="close-reason" placeholder="none"></label>
            <button>Disconnect</button>
          </fieldset>
        </form>`
