import { median, type Series } from "./rounds.ts"

export interface Column {
  unit: string
  digits: number
  /** Whether a contestant is compared with the first one as a quotient or as a difference. */
  compare: "ratio" | "added"
}

/** A table in Markdown: median, minimum and maximum of each contestant, beside the first one in the same rounds. */
export function table(
  title: string,
  { unit, digits, compare }: Column,
  { values, discarded, disturbed }: Series,
): string {
  const [first = []] = values.values()
  const lines = [...values].map(([contestant, own]) => {
    const compared = own.map((value, round) =>
      compare === "ratio" ? value / (first[round] ?? Number.NaN) : value - (first[round] ?? Number.NaN),
    )
    return `| ${contestant} | ${spread(own, digits)} | ${spread(compared, compare === "ratio" ? 2 : digits)} |`
  })
  const kept = disturbed > 0 ? `, ${disturbed} of them disturbed` : ""
  const lost = discarded > 0 ? `, ${discarded} more discarded` : ""
  return [
    `### ${title}`,
    "",
    `| ${first.length} rounds${kept}${lost} | ${unit} | ${compare === "ratio" ? "ratio" : "added"} |`,
    "|---|---|---|",
    ...lines,
    "",
  ].join("\n")
}

function spread(values: readonly number[], digits: number): string {
  if (values.length === 0) return "no quiet round"
  const written = (value: number) => value.toFixed(digits)
  return `**${written(median(values))}** (${written(Math.min(...values))} – ${written(Math.max(...values))})`
}
