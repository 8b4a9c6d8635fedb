import { html } from "hono/html"
import type { ChannelObject, MessageObject } from "sluice/asyncapi"
import type { Html } from "./handler.ts"

/** A channel of the AsyncAPI document: its address, its messages and its close codes. */
export const protocolView = (channel: ChannelObject): Html => {
  const { address, description, parameters = {}, bindings, messages, "x-close-codes": closes = {} } = channel
  const query = bindings.ws.query as { properties?: object } | undefined
  return html`<dl class="protocol">
            <dt>Address</dt><dd><code>${address}</code></dd>
            ${Object.entries(parameters).map(
              ([name, { description = "" }]) => html`<dt>Param ${name}</dt><dd>${description}</dd>
            `,
            )}
            ${query ? html`<dt>Query</dt><dd><code>${JSON.stringify(query.properties)}</code></dd>` : ""}
            ${Object.entries(messages).map(([key, message]) => messageView(key, message))}
            ${Object.entries(closes).map(([code, meaning]) => html`<dt>Closes with ${code}</dt><dd>${meaning}</dd>`)}
            ${description ? html`<dt>Notes</dt><dd>${description}</dd>` : ""}
          </dl>`
}

const messageView = (key: string, { contentType, payload, description, examples = [] }: MessageObject) => html`
            <dt>${key.startsWith("receive-") ? "Receives" : "Sends"}</dt>
            <dd><code>${contentType}</code> <code>${JSON.stringify(payload)}</code>
              ${description ?? ""}
              ${examples.map(({ payload }) => html`<span>such as <code>${JSON.stringify(payload)}</code></span>`)}</dd>`
