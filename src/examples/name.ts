/** Control characters, ends of lines, halves of surrogate pairs, and marks that reverse the direction of text. */
const treacherous = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/u

/** Whether a text can be shown to other users as it is. */
export function isPlain(text: string): boolean {
  return !treacherous.test(text)
}

/** Whether a name is valid for an object that all clients share. */
export function isName(name: string): boolean {
  return name.length >= 1 && name.length <= 64 && isPlain(name)
}

export const invalidName = "A name has 1 to 64 characters, and no control characters among them"
