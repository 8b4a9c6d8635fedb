import { build } from "esbuild"

/** A script for a page, from TypeScript that imports from the root of the project. React is the development build, which mounts twice. */
export async function pageScript(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "tsx" },
    bundle: true,
    format: "esm",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    write: false,
  })
  return outputFiles[0]?.text ?? ""
}
