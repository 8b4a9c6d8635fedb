/** The time for one token, in milliseconds. */
const pause = 60

/** The whole answer to a prompt. It is the same each time, so that it can go on after any number of tokens. */
export function tokensOf(prompt: string): string[] {
  const answer =
    `You asked: ${prompt} No network was needed to answer this, because the model is a function of this Worker. ` +
    "It sends a word at a time, and stops when its reader has gone: close the socket, or send another prompt. The end."
  return answer.split(/(?<=\s)(?=\S)/)
}

/** Generates the answer to a prompt, without the first tokens. */
export async function* answer(prompt: string, signal: AbortSignal, skipped = 0): AsyncGenerator<string> {
  for (const token of tokensOf(prompt).slice(skipped)) {
    await scheduler.wait(pause, { signal })
    yield token
  }
}
