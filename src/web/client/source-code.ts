import { create, find } from "./element.ts"

const token =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/.*)|(?<string>"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)|(?<!\.)\b(?<keyword>async|await|class|const|else|export|extends|from(?= ")|function|if|import|interface|let|new|private|protected|readonly|return|this|throw|type|undefined)\b/g

const view = find("#files", HTMLElement)
let wanted: string[] = []

/** Shows the files of a handler, one after the other. */
export async function showFiles(files: string[]): Promise<void> {
  wanted = files
  const parts = await Promise.all(files.map(showable))
  // Another handler may have been picked in the meantime.
  if (wanted === files) view.replaceChildren(...parts.flat())
}

/** A file may be followed by a space and a caption. */
async function showable(entry: string): Promise<Node[]> {
  const [file = "", ...caption] = entry.split(" ")
  const link = document.createElement("a")
  link.href = `/${file.replace(/\.ts$/, ".txt")}`
  link.textContent = file
  const code = create("code", "source", ...highlight(await load(link.href)))
  const name = create("h3", "file-name", link)
  if (caption.length > 0) name.append(create("span", "caption", `: ${caption.join(" ")}`))
  return [name, create("pre", "file-text", code)]
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
