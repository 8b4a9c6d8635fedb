import { html } from "hono/html"
import type { HandlerGroup, Html } from "./handler.ts"

/**
 * The list of handlers. These are radio buttons: one stop for Tab, and the arrow keys pick. Picking is harmless, because
 * each handler keeps its connection and its log.
 */
export const picker = (groups: readonly HandlerGroup[]): Html => html`<form id="picker" autocomplete="off">
        <fieldset>
          <legend>Handlers</legend>
          ${groups.map(
            ({ name, handlers }, index) => html`<div class="group" role="group" aria-labelledby="group-${index}">
            <span id="group-${index}" class="group-name">${name}</span>
            <div class="choices">
            ${handlers.map(
              (handler) => html`<label>
              <input type="radio" name="handler" value="${handler.name}"
                ${handler === groups[0]?.handlers[0] ? "checked" : ""}>${handler.name}
            </label>
            `,
            )}</div>
          </div>
          `,
          )}
        </fieldset>
      </form>`
