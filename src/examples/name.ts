/** Control characters, ends of lines, halves of characters, and marks that turn around what is written after them. */
const treacherous = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/u

/** Whether a text can be shown to others as it is. */
export function isPlain(text: string): boolean {
  return !treacherous.test(text)
}

/** Whether something that all clients share may go by this name. */
export function isName(name: string): boolean {
  return name.length >= 1 && name.length <= 64 && isPlain(name)
}

export const invalidName = "A name has 1 to 64 characters, and no control characters among them"
