import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"

/**
 * Measures side by side and prints tables in Markdown. Linux only: it pins processes with `taskset` and reads /proc.
 *
 * BENCH_ROWS: names of rows, or how they begin, by commas. BENCH_ROUNDS: how many rounds count, by default 5. BENCH_SECONDS: how
 * long one measurement takes, by default 2. BENCH_ANYWAY: disturbed rounds count too, and the table says so.
 */
async function main(): Promise<void> {
  const own = import.meta.dirname
  if (!existsSync(`${own}/node_modules`)) execFileSync("npm", ["ci"], { cwd: own, stdio: "inherit" })
  const { pinSelf } = await import("./harness/machine.ts")
  const { inRounds } = await import("./harness/rounds.ts")
  const { table } = await import("./harness/table.ts")
  const { rows } = await import("./rows.ts")
  const { sizes } = await import("./sizes.ts")
  // So that the started processes end with it.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1))
  pinSelf()
  const selected = process.env.BENCH_ROWS?.split(",") ?? [""]
  const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
  for (const [name, row] of Object.entries(rows)) {
    if (!selected.some((beginning) => name.startsWith(beginning))) continue
    console.log(table(row.title, row.column, await inRounds(row.contestants, rounds, row.measure)))
  }
  if (selected.some((beginning) => "size".startsWith(beginning))) console.log(await sizes())
}

await main()
process.exit()
