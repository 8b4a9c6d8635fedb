/** Waits until promises have settled, as far as nothing but promises is between them: 20 in a row. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
