import type { Declaration, Member } from "./declarations.ts"

/** The result of `webSocket.endpoint`, which users pass on unchanged. */
const opaque = new Set(["Endpoint"])

/** The page of the reference: each export of each entry, with its doc comment. */
export function referencePage(entries: ReadonlyMap<string, readonly Declaration[]>): string {
  const shown = new Set<string>()
  const sections = [...entries].map(([entry, declarations]) => {
    const items = declarations.map((declaration) => {
      const key = `${declaration.name} ${declaration.doc}`
      if (shown.has(key)) return `### ${declaration.name}\n\nThe same as that of \`sluice\`.\n`
      shown.add(key)
      return section(declaration)
    })
    return [`## ${entry === "index" ? "sluice" : `sluice/${entry}`}\n`, ...items].join("\n")
  })
  const intro =
    "# Reference\n\nEvery export of every entry, made from the doc comments. The operators of `Flow` and `Source` have a [page of their own](operators.md).\n"
  return [intro, ...sections].join("\n")
}

function section({ name, signature, doc, members }: Declaration): string {
  const list = opaque.has(name) ? [] : members.filter((member) => isPublic(member, name)).map(item)
  const code = `\`\`\`ts\n${signature}\n\`\`\``
  return [`### ${name}\n`, code, "", ...(doc ? [textOf(doc), ""] : []), ...(list.length > 0 ? [...list, ""] : [])].join(
    "\n",
  )
}

/** Constructors and fields without a comment that take or hold internal types are for the package itself. */
const internal = /\b(Chain|Stage|Channel|CellStore|ConnectionsHost|TimersOwner|Mounts|QueueContent|Host|sluiceData)\b/

function isPublic({ signature }: Member, name: string): boolean {
  // A subclass is the only place where a FlowObject's methods are called.
  return (name === "FlowObject" || !signature.startsWith("protected ")) && !internal.test(signature)
}

function item({ signature, doc }: Member): string {
  if (doc === "") return `- \`${signature}\``
  const [first = "", ...rest] = textOf(withoutOperatorLines(doc)).split("\n")
  return [`- \`${signature}\`<br>${first}`, ...rest.map((line) => (line === "" ? "" : `  ${line}`))].join("\n")
}

/** The page of the operators has these. */
function withoutOperatorLines(doc: string): string {
  return doc
    .replaceAll(
      /\n- \*\*(Emits when|Backpressures when|Completes when|Cancels when|Hibernates:)[\s\S]*?(?=\n- \*\*|\n\n|$)/g,
      "",
    )
    .trim()
}

/** A doc comment as Markdown: its paragraphs in one line each, its tags as sentences. */
function textOf(doc: string): string {
  const parts = doc.split(/(```ts\n[\s\S]*?```)/)
  const text = parts.map((part) => (part.startsWith("```") ? part : proseOf(part))).filter((part) => part !== "")
  return text.join("\n\n")
}

function proseOf(text: string): string {
  return text
    .replaceAll(/@example\s*/g, "\n\n")
    .replaceAll(/@returns\s+/g, "\n\nReturns ")
    .replaceAll(/@throws\s+/g, "\n\nThrows ")
    .replaceAll(/@param (\w+)\s+/g, "\n\n`$1`: ")
    .split(/\n\n+|\n(?=- )/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, " ").trim())
    .filter((paragraph) => paragraph !== "")
    .join("\n\n")
}
