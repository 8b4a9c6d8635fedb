import { html } from "hono/html"
import type { Handler, Html } from "./handler.ts"
import { trouble } from "./trouble.ts"

/** The controls to try a handler: the fields of its address, the log, messages to send, and the close. */
export const trial = ({ name, commands = [], example = "", fields = [], form, resumes }: Handler): Html => html`${form}
          <form class="connect" autocomplete="off">
            <fieldset class="row">
              ${fields}
              <button class="primary">Connect</button>
              <code class="address"></code>
            </fieldset>
          </form>
          <div class="heading">
            <h3 id="${name}-log">Messages</h3>
            <button type="button" class="small clear-log">Clear</button>
          </div>
          <div class="log" role="log" aria-live="polite" aria-labelledby="${name}-log" tabindex="0"
            data-empty="Connect, or send a message"></div>
          ${commands.length > 0 ? commandButtons(name, commands) : ""}
          <form class="send row" autocomplete="off">
            <label class="wide">Message
              <input name="message" value="${example}" spellcheck="false" autocapitalize="off" enterkeyhint="send"></label>
            <button class="primary">Send</button>
          </form>
          ${resumes ? trouble() : ""}
          <form class="disconnect" autocomplete="off">
            <fieldset class="row" disabled>
              <label class="code">Close code
                <input name="code" inputmode="numeric" pattern="1000|[34][0-9]{3}" title="1000, or 3000 to 4999"
                  placeholder="none"></label>
              <label class="wide">Reason <input name="reason" placeholder="none"></label>
              <button>Disconnect</button>
            </fieldset>
          </form>`

const commandButtons = (name: string, commands: readonly string[]) => html`<div class="commands row" role="group"
            aria-labelledby="${name}-commands">
            <span id="${name}-commands" class="quiet">Send</span>
            ${commands.map(
              (command) => html`<button type="button" data-message="${command}">${command}</button>
            `,
            )}
          </div>`
