type Fields = HTMLFieldSetElement | HTMLButtonElement

/**
 * Enables the fields that are in use, and disables the others. A field that is disabled loses the focus, so the focus moves to the
 * next field first.
 */
export function switchFields(all: Fields[], inUse: Fields[], next: HTMLElement): void {
  const idle = all.filter((fields) => !inUse.includes(fields))
  for (const fields of inUse) fields.disabled = false
  if (idle.some((fields) => fields.contains(document.activeElement))) next.focus()
  for (const fields of idle) fields.disabled = true
}
