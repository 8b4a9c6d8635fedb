import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { join, normalize } from "node:path"

/** A public declaration of the compiler, and its doc comment. */
export interface Declaration {
  name: string
  /** The declaration without its members, in one line. */
  signature: string
  doc: string
  members: Member[]
}

export interface Member {
  signature: string
  doc: string
}

const root = new URL("../..", import.meta.url).pathname
const comment = /\/\*\*([\s\S]*?)\*\//

/** The exports of each public entry, by the entry's name, in the order of the alphabet. @param entries their modules, by name */
export function declarationsOf(entries: ReadonlyMap<string, string>): Map<string, Declaration[]> {
  mkdirSync(join(root, "dist"), { recursive: true })
  const folder = mkdtempSync(join(root, "dist", "declarations-"))
  try {
    const options = ["--emitDeclarationOnly", "--declarationMap", "false", "--outDir", folder]
    execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", join(root, "tsconfig.build.json"), ...options])
    return new Map([...entries].map(([entry, module]) => [entry, exportsOf(folder, module)]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function exportsOf(folder: string, entry: string): Declaration[] {
  const lists = read(folder, entry).matchAll(/^export (?:type )?\{([^}]*)\} from "(.*?)\.ts";/gm)
  const found = [...lists].flatMap(([, names = "", file = ""]) => {
    const code = read(folder, normalize(file))
    const exported = names.split(",").map((name) => name.replace("type ", "").trim())
    return exported.filter((name) => name !== "").map((name) => declared(code, name, file))
  })
  return found.toSorted((one, other) => one.name.localeCompare(other.name, "en"))
}

function read(folder: string, module: string): string {
  return readFileSync(join(folder, `${module}.d.ts`), "utf8")
}

/** A type and a value of one name are one declaration, with the doc comment of the first. */
function declared(code: string, name: string, file: string): Declaration {
  const start = `export (?:declare )?((?:abstract )?(?:class|function|const|interface|type)) ${name}\\b`
  const found = [...code.matchAll(new RegExp(`(?:/\\*\\*((?:[^*]|\\*(?!/))*)\\*/\\n)?${start}`, "g"))]
  const [first] = found
  if (!first) throw new Error(`${file}.ts does not declare ${name}`)
  const [, , kind = ""] = first
  const isType = kind === "type" || kind === "function"
  const from = first.index + first[0].lastIndexOf(`${kind} ${name}`)
  const whole = statement(code.slice(from))
  const brace = isType ? -1 : whole.indexOf(" {\n")
  return {
    name,
    signature: oneLine(brace < 0 ? whole : whole.slice(0, brace)).replace(/[:;]$/, ""),
    doc: plain(first[1] ?? ""),
    members: brace < 0 ? [] : membersOf(whole.slice(brace + 3)),
  }
}

/** The code up to the end of its first statement: the first line after which no bracket is open. */
function statement(code: string): string {
  let depth = 0
  let end = 0
  do {
    const line = code.slice(end, code.indexOf("\n", end) + 1)
    depth += (line.match(/[({[]/g)?.length ?? 0) - (line.match(/[)}\]]/g)?.length ?? 0)
    end += line.length
  } while (depth > 0 && end < code.length)
  return code.slice(0, end)
}

function membersOf(body: string): Member[] {
  const member = /^ {4}(?:(\/\*\*[\s\S]*?\*\/)\n {4})?([^\s/}][^\n]*(?:\n(?: {5,}[^\n]*| {4}\}[^\n]*))*)/gm
  return [...body.matchAll(member)]
    .map(([, doc = "", signature = ""]) => ({
      doc: plain(comment.exec(doc)?.[1] ?? ""),
      signature: oneLine(signature.replaceAll(/\/\*\*[\s\S]*?\*\//g, "")),
    }))
    .filter(({ signature }) => !/^(private|#)|Symbol\.toStringTag|phantom|^name: string$/.test(signature))
}

function oneLine(code: string): string {
  return code.replaceAll(/\s*\n\s*/g, " ").replace(/;?\s*$/, "")
}

/** The text of a doc comment, without its margin. */
function plain(doc: string): string {
  return doc.replaceAll(/^ *\* ?/gm, "").trim()
}
