import { create, find } from "./element.ts"

const token =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/.*)|(?<string>"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)|\b(?<keyword>async|await|class|const|export|extends|from|function|if|import|let|new|return|throw|type|undefined)\b/g

const code = find("#code", HTMLElement)
const file = find("#file", HTMLAnchorElement)

/** Shows the file of a handler. */
export async function showSource(name: string): Promise<void> {
  const address = new URL(`/examples/${name}.txt`, location.href).href
  file.href = address
  file.textContent = `src/examples/${name}.ts`
  const text = await load(address)
  // Another one may have been picked in the meantime.
  if (file.href === address) code.replaceChildren(...highlight(text))
}

async function load(address: string): Promise<string> {
  try {
    const response = await fetch(address)
    return response.ok ? await response.text() : `The file could not be loaded: HTTP ${response.status}`
  } catch {
    return "The file could not be loaded"
  }
}

function highlight(text: string): (string | Node)[] {
  const parts: (string | Node)[] = []
  let end = 0
  for (const { 0: match, index, groups = {} } of text.matchAll(token)) {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined) ?? ""
    parts.push(text.slice(end, index), create("span", kind, match))
    end = index + match.length
  }
  return [...parts, text.slice(end)]
}
