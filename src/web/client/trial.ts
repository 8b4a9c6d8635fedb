import { Connection } from "./connection.ts"
import { showCookie } from "./cookie.ts"
import { find, onSubmit } from "./element.ts"
import { address, subprotocols } from "./endpoint.ts"
import { switchFields } from "./fields.ts"
import { Log } from "./log.ts"

const connectForm = find("#connect", HTMLFormElement)
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

let name = ""
let isBinary = false
let connection: Connection | undefined

/** Offers a handler to be tried, and leaves the one before. */
export function showTrial({ value, dataset }: HTMLInputElement): void {
  connection?.abandon()
  connection = undefined
  name = value
  isBinary = dataset.format === "binary"
  message.value = dataset.example ?? ""
  for (const options of document.querySelectorAll<HTMLFieldSetElement>("fieldset[data-for]")) {
    const isOnShow = options.dataset.for?.split(" ").includes(name)
    options.hidden = options.disabled = !isOnShow
  }
  log.clear()
  show("closed", "Not connected")
  showAddress()
  showCookie()
}

function show(state: keyof typeof fieldsInUse, text: string): void {
  status.textContent = text
  status.dataset.state = state
  switchFields(allFields, fieldsInUse[state], state === "open" ? message : connectButton)
}

function showAddress(): void {
  find("#address", HTMLElement).textContent = address(name)
}

function connect(): void {
  if (connection) return
  const url = address(name)
  log.note(`Connecting to ${url}`)
  show("connecting", "Connecting…")
  connection = new Connection(url, subprotocols(), {
    opened(subprotocol) {
      const text = subprotocol ? `Open, with the subprotocol ${subprotocol}` : "Open"
      log.note(text)
      show("open", text)
    },
    received: (received) => log.received(received),
    closed(text) {
      connection = undefined
      log.note(text)
      show("closed", text)
    },
  })
}

function send(): void {
  const data = isBinary ? new TextEncoder().encode(message.value) : message.value
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

onSubmit(connectForm, connect)
onSubmit(find("#send", HTMLFormElement), send)
onSubmit(find("#disconnect", HTMLFormElement), disconnect)
connectForm.addEventListener("input", showAddress)
find("#clear-log", HTMLButtonElement).addEventListener("click", () => log.clear())
closeReason.addEventListener("input", () => {
  const { length } = new TextEncoder().encode(closeReason.value)
  closeReason.setCustomValidity(length > 123 ? `At most 123 bytes, not ${length}` : "")
})
