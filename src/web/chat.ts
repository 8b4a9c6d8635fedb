import { html } from "hono/html"

/** The chat: two members side by side, so that one person sees both sides. */
export const chat = () => html`<div id="chat" class="stack" hidden>
          <form id="room" autocomplete="off">
            <fieldset id="room-fields">
              <label class="wide">Room
                <input data-part="segment" value="lobby" required spellcheck="false" autocapitalize="off"></label>
            </fieldset>
          </form>
          <div class="panes">
            ${pane("first", "First member", "Ada")} ${pane("second", "Second member", "Grace")}
          </div>
        </div>`

const pane = (id: string, heading: string, name: string) => html`<section class="pane stack" aria-labelledby="${id}">
              <h3 id="${id}">${heading}</h3>
              <form class="join" autocomplete="off">
                <fieldset>
                  <label class="wide">Name
                    <input name="name" data-part="query" value="${name}" required maxlength="32" spellcheck="false"></label>
                  <button class="primary">Join</button>
                </fieldset>
                <button type="button" class="leave" disabled>Leave</button>
              </form>
              <p class="status"></p>
              <div class="log" role="log" aria-live="polite" aria-labelledby="${id}" tabindex="0"></div>
              <form class="say" autocomplete="off">
                <fieldset disabled>
                  <label class="wide">Message <input required maxlength="2000" enterkeyhint="send"></label>
                  <button class="primary">Say</button>
                </fieldset>
              </form>
            </section>`
