/** The actions of the flows of one test, which the test reads while it runs. */
export class Notes {
  private static readonly all = new Map<string, Notes>()
  private readonly lines: PromiseWithResolvers<string>[] = []
  private count = 0

  static of(id: string): Notes {
    const notes = Notes.all.get(id) ?? new Notes()
    Notes.all.set(id, notes)
    return notes
  }

  /** Reports to every test: an unhandled error belongs to no test in particular. */
  static toAll(...words: unknown[]): void {
    for (const notes of Notes.all.values()) notes.add(...words)
  }

  readonly add = (...words: unknown[]): void => {
    this.line(this.count++).resolve(words.map(show).join(" "))
  }

  /** The line with this index, as soon as it is written. */
  readonly at = (index: number): Promise<string> => this.line(index).promise

  private line(index: number): PromiseWithResolvers<string> {
    this.lines[index] ??= Promise.withResolvers<string>()
    return this.lines[index]
  }
}

function show(word: unknown): string {
  if (typeof word === "string") return word
  if (word instanceof Error) return word.cause ? `${word} (${word.cause})` : String(word)
  return JSON.stringify(word, (_, part) => (part instanceof Uint8Array ? `bytes ${part}` : part))
}
