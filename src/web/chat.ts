import { html } from "hono/html"
import { segment } from "./fields.ts"
import type { Html } from "./handler.ts"
import { trouble } from "./trouble.ts"

/** The chat: two members side by side, so that one page shows both sides. */
export const chat = (): Html => html`<form class="room" autocomplete="off">
            <fieldset class="row">
              ${segment("Room")}
            </fieldset>
          </form>
          <div class="panes">
            ${member("first", "First member", "Ada")} ${member("second", "Second member", "Grace")}
          </div>
          ${trouble()}`

const member = (
  id: string,
  heading: string,
  name: string,
) => html`<section class="member stack" aria-labelledby="${id}">
              <div class="heading">
                <h3 id="${id}">${heading}</h3>
                <button type="button" class="small leave" disabled>Leave</button>
              </div>
              <p class="status" data-state="closed">Not in the room</p>
              <form class="join" autocomplete="off">
                <fieldset class="row">
                  <label class="wide">Name
                    <input name="name" data-part="query" value="${name}" required maxlength="32" spellcheck="false"></label>
                  <button class="primary">Join</button>
                </fieldset>
              </form>
              <div class="log" role="log" aria-live="polite" aria-labelledby="${id}" tabindex="0"
                data-empty="Join, or say something"></div>
              <form class="say row" autocomplete="off">
                <label class="wide">Message
                  <input name="text" required maxlength="2000" enterkeyhint="send"></label>
                <button class="primary">Say</button>
              </form>
            </section>`
