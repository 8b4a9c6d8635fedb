import { html } from "hono/html"
import type { Html } from "./handler.ts"

/** Buttons for events that a connection outlives: the loss of its socket, and an eviction of its object. */
export const trouble = (): Html => html`<div class="commands trouble row" role="group" aria-label="Trouble">
            <span class="quiet">Try what it survives</span>
            <button type="button" class="cut">Cut for 3 seconds</button>
            <button type="button" class="evict">Evict the object</button>
          </div>`
