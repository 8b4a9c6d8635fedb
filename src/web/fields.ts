import { html } from "hono/html"
import type { Html } from "./handler.ts"

/**
 * The last segment of the path, which the page keeps in its own address. Without a value the page makes up a random one, so two
 * visitors share an object only by a link.
 */
export const segment = (label: string, value?: string): Html => html`<label class="wide">${label}
                <input name="segment" data-part="segment" value="${value ?? ""}" required maxlength="64"
                  pattern="(?!\\.\\.?$).+" title="1 to 64 characters, but not . or .."
                  spellcheck="false" autocapitalize="off" ${value === undefined ? "data-random" : ""}></label>`

/** Shares the address of the page, with the segment in it. */
export const sharing = (): Html => html`<p class="sharing">
            <button type="button" class="small copy-link">Copy link</button>
            <a class="second-tab" href="/" target="_blank">Open in a second tab</a>
          </p>`

/** The interval between two messages of the server. */
export const every = (): Html => html`<label class="wide">every, in milliseconds
                <input name="every" data-part="query" type="number" min="100" max="60000" placeholder="default"></label>`

/** The subprotocols to offer, some of them ticked. */
export const subprotocols = (
  ...names: readonly [name: string, isTicked: boolean][]
): Html => html`<fieldset class="choice">
                <legend>Subprotocols to offer</legend>
                ${names.map(
                  ([name, isTicked]) => html`<label>
                  <input type="checkbox" name="subprotocol" value="${name}" ${isTicked ? "checked" : ""}>${name}</label>`,
                )}
              </fieldset>`

/** Sets and clears a cookie of the page. */
export const cookieForm = (
  name: string,
  value: string,
): Html => html`<form id="cookie" class="cookie row" autocomplete="off">
            <label>Cookie ${name}
              <input name="${name}" value="${value}" required spellcheck="false" autocapitalize="off"></label>
            <button>Set cookie</button>
            <button type="button" id="clear-cookie">Clear cookie</button>
            <span id="cookie-state" class="quiet" role="status"></span>
          </form>`
