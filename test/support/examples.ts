import { readFileSync } from "node:fs"

/** The code of one `@example` in a doc comment. */
export interface Example {
  file: string
  /** The line of the tag, from 1 on. */
  line: number
  /** The line on which the code begins. */
  codeLine: number
  code: string
}

const comment = /\/\*\*[\s\S]*?\*\//g
/** A tag with all that follows, up to the next tag. */
const tag = /@example\b([\s\S]*?)(?=\n *@\w|$)/g
const fenced = /^\s*```ts\n([\s\S]*?)\n *```/
/** Code that has backticks in it ends with the last one of its line. */
const inline = /^ *`(.*)`/

/** All examples of a file; an error for one without code. */
export function examplesIn(file: string): Example[] {
  const text = readFileSync(file, "utf8")
  return [...text.matchAll(comment)].flatMap((found) => {
    // Replaced by as many spaces, so that positions do not change.
    const plain = found[0].replaceAll(/^ *\*(?!\/) ?/gm, (margin) => " ".repeat(margin.length)).replace(/\*\/$/, "  ")
    return [...plain.matchAll(tag)].map(({ index, 1: rest = "" }) => {
      const line = lineAt(text, found.index + index)
      const [, code] = fenced.exec(rest) ?? inline.exec(rest) ?? []
      if (code === undefined) throw new Error(`${file}:${line}: this @example has no code, in a block or in backticks`)
      const codeStart = rest.indexOf(code)
      return { file, line, codeLine: lineAt(text, found.index + index + "@example".length + codeStart), code }
    })
  })
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length
}
