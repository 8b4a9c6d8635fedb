import { isElements, type Part } from "./part.ts"

/**
 * The parts of a sequence as one text, to which each event adds the new parts alone: the runtime writes a long text as fast as a short
 * one, but takes 20 to 50 ns for each entry of a list.
 */
export class SavedParts {
  private text = ""
  /** The lengths of the parts in the text. */
  private lengths: number[] = []

  /** Returns the text of the parts, of which the first ones are encoded already. */
  of(parts: readonly Part[]): string {
    for (let index = this.lengths.length; index < parts.length; index++) {
      const encoded = encodePart(parts[index] as Part)
      this.text += encoded
      this.lengths.push(encoded.length)
    }
    return this.text
  }

  /** The first parts were removed. */
  removeFirst(count: number): void {
    let length = 0
    for (const removed of this.lengths.splice(0, count)) length += removed
    this.text = this.text.slice(length)
  }

  /** The parts from this one on have changed. */
  forgetFrom(index: number): void {
    for (const forgotten of this.lengths.splice(index)) this.text = this.text.slice(0, -forgotten)
  }
}

/** The text of parts that were not encoded before. */
export const encodeParts = (parts: readonly Part[]): string => new SavedParts().of(parts)

/** A text, binary data as base64, or a hub with the number of its first element and their count: each after its length. */
function encodePart(part: Part): string {
  if (typeof part === "string") return `${part.length}:${part}`
  if (isElements(part)) return `${part.hub.length} ${part.from} ${part.count}:${part.hub}`
  const base64 = toBase64(part)
  return `${base64.length} base64:${base64}`
}

/** `undefined` for a text that does not consist of parts. */
export function decodeParts(text: string): Part[] | undefined {
  const parts: Part[] = []
  let at = 0
  while (at < text.length) {
    const start = text.indexOf(":", at) + 1
    const [length, from, count] = text.slice(at, start - 1).split(" ")
    at = start + Number(length)
    const content = text.slice(start, at)
    if (start === 0 || content.length !== Number(length)) return undefined
    if (from === undefined) parts.push(content)
    else if (count === undefined) parts.push(fromBase64(content))
    else parts.push({ hub: content, from: Number(from), count: Number(count) })
  }
  return parts
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
