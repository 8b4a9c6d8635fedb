/** Waits for 20 microtask turns, in which chains of up to 20 promises settle. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
