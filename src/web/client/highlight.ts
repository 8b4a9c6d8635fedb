import { create } from "./element.ts"

const token =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/.*)|(?<string>"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)|(?<!\.)\b(?<keyword>async|await|class|const|else|export|extends|from(?= ")|function|if|import|interface|let|new|override|private|protected|readonly|return|this|throw|type|undefined)\b/g

/** TypeScript as text and coloured tokens. */
export function highlight(text: string): (string | Node)[] {
  const parts: (string | Node)[] = []
  let end = 0
  for (const { 0: match, index, groups = {} } of text.matchAll(token)) {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined) ?? ""
    parts.push(text.slice(end, index), create("span", kind, match))
    end = index + match.length
  }
  return [...parts, text.slice(end)]
}
