/** Waits until what promises had to say was said: longer than any chain of them here. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
