import { Connection } from "./connection.ts"
import { showCookie } from "./cookie.ts"
import { find } from "./element.ts"
import { address, subprotocols } from "./endpoint.ts"
import { Log } from "./log.ts"
import { showFiles } from "./source-code.ts"

const connectFields = find("#connect-fields", HTMLFieldSetElement)
const sendFields = find("#send-fields", HTMLFieldSetElement)
const disconnectFields = find("#disconnect-fields", HTMLFieldSetElement)
const connectButton = find("#connect-button", HTMLButtonElement)
const status = find("#status", HTMLElement)
const message = find("#message", HTMLInputElement)
const closeCode = find("#close-code", HTMLInputElement)
const closeReason = find("#close-reason", HTMLInputElement)
const log = new Log(find("#log", HTMLElement))

const allFields = [connectFields, sendFields, disconnectFields]
const fieldsInUse = {
  closed: [connectFields],
  connecting: [connectFields, disconnectFields],
  open: [sendFields, disconnectFields],
}

let handler = picked()
let connection: Connection | undefined

function picked(): HTMLInputElement {
  return find("#picker input:checked", HTMLInputElement)
}

/** Puts the picked handler on the page and forgets the one before. */
function pick(): void {
  connection?.abandon()
  connection = undefined
  handler = picked()
  find("#name", HTMLElement).textContent = handler.value
  find("#hint", HTMLElement).textContent = handler.dataset.hint ?? ""
  message.value = handler.dataset.example ?? ""
  for (const options of document.querySelectorAll<HTMLFieldSetElement>("fieldset[data-for]")) {
    const isOnShow = options.dataset.for?.split(" ").includes(handler.value)
    options.hidden = options.disabled = !isOnShow
  }
  history.replaceState(null, "", `#${handler.value}`)
  log.clear()
  show("closed", "Not connected")
  showAddress()
  showCookie()
  void showFiles(handler.dataset.files?.split(" ") ?? [])
}

/** Picks the handler that the address of the page names, so that each has a link of its own. */
function pickFromHash(): void {
  const name = CSS.escape(location.hash.slice(1))
  const input = document.querySelector<HTMLInputElement>(`#picker input[value="${name}"]`)
  if (input) input.checked = true
  pick()
}

function show(state: keyof typeof fieldsInUse, text: string): void {
  status.textContent = text
  status.dataset.state = state
  const idle = allFields.filter((fields) => !fieldsInUse[state].includes(fields))
  for (const fields of fieldsInUse[state]) fields.disabled = false
  // A field that is switched off loses the focus: before that it moves on to where the next key is wanted.
  if (idle.some((fields) => fields.contains(document.activeElement))) {
    if (state === "open") message.focus()
    else connectButton.focus()
  }
  for (const fields of idle) fields.disabled = true
}

function showAddress(): void {
  find("#address", HTMLElement).textContent = address(handler.value)
}

function connect(): void {
  if (connection) return
  const url = address(handler.value)
  log.note(`Connecting to ${url}`)
  show("connecting", "Connecting…")
  connection = new Connection(url, subprotocols(), {
    opened(subprotocol) {
      const text = subprotocol ? `Open, with the subprotocol ${subprotocol}` : "Open"
      log.note(text)
      show("open", text)
    },
    received: (received) => log.received(received),
    closed(event, wasOpen) {
      connection = undefined
      const text = wasOpen ? closeText(event) : `${closeText(event)}. The handshake failed or was refused`
      log.note(text)
      show("closed", text)
    },
  })
}

function closeText({ code, reason, wasClean }: CloseEvent): string {
  return `Closed with ${code}, ${reason ? `reason “${reason}”` : "no reason"}, ${wasClean ? "clean" : "not clean"}`
}

function send(): void {
  const data = handler.dataset.format === "binary" ? new TextEncoder().encode(message.value) : message.value
  connection?.send(data)
  log.sent(data)
  message.select()
}

function disconnect(): void {
  // A reason cannot be sent without a code.
  const code = closeCode.value || (closeReason.value ? "1000" : "")
  if (code) connection?.close(Number(code), closeReason.value)
  else connection?.close()
}

function onSubmit(form: string, action: () => void): void {
  find(form, HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault()
    action()
  })
}

onSubmit("#picker", () => {})
onSubmit("#connect", connect)
onSubmit("#send", send)
onSubmit("#disconnect", disconnect)
find("#picker", HTMLFormElement).addEventListener("change", pick)
find("#connect", HTMLFormElement).addEventListener("input", showAddress)
find("#clear-log", HTMLButtonElement).addEventListener("click", () => log.clear())
closeReason.addEventListener("input", () => {
  const { length } = new TextEncoder().encode(closeReason.value)
  closeReason.setCustomValidity(length > 123 ? `At most 123 bytes, not ${length}` : "")
})
addEventListener("hashchange", pickFromHash)
pickFromHash()
