/** Waits for microtask turns, in which chains of as many promises settle. */
export async function settled(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve()
}
