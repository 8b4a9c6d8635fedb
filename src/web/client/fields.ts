type Fields = HTMLFieldSetElement | HTMLButtonElement

/**
 * Switches on the fields that are in use, and the others off. One that is switched off loses the focus: before that it
 * moves on to where the next key is wanted.
 */
export function switchFields(all: Fields[], inUse: Fields[], next: HTMLElement): void {
  const idle = all.filter((fields) => !inUse.includes(fields))
  for (const fields of inUse) fields.disabled = false
  if (idle.some((fields) => fields.contains(document.activeElement))) next.focus()
  for (const fields of idle) fields.disabled = true
}
